// Without a trait there is nothing in it, and nothing is fetched for it.
import SMTPIntegrations
