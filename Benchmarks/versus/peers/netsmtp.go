// Go's net/smtp, one command at a time as its SendMail does.
//
// netsmtp PORT FILE MESSAGES RECIPIENTS CA CONNECTIONS SESSION: a CA of "-" for no TLS; SESSION messages a session.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/smtp"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func number(text string) int64 {
	value, err := strconv.ParseInt(text, 10, 64)
	must(err)
	return value
}

func dial(port string, config *tls.Config) *smtp.Client {
	if config == nil {
		client, err := smtp.Dial("127.0.0.1:" + port)
		must(err)
		return client
	}
	connection, err := tls.Dial("tcp", "127.0.0.1:"+port, config)
	must(err)
	client, err := smtp.NewClient(connection, "127.0.0.1")
	must(err)
	return client
}

func send(client *smtp.Client, content []byte, recipients []string) {
	must(client.Mail("sender@bench.example"))
	for _, recipient := range recipients {
		must(client.Rcpt(recipient))
	}
	writer, err := client.Data()
	must(err)
	_, err = writer.Write(content)
	must(err)
	must(writer.Close())
}

func main() {
	port, left, session := os.Args[1], number(os.Args[3]), number(os.Args[7])
	content, err := os.ReadFile(os.Args[2])
	must(err)
	var recipients []string
	for i := int64(0); i < number(os.Args[4]); i++ {
		recipients = append(recipients, fmt.Sprintf("rcpt%d@bench.example", i))
	}
	var config *tls.Config
	if os.Args[5] != "-" {
		certificate, err := os.ReadFile(os.Args[5])
		must(err)
		config = &tls.Config{RootCAs: x509.NewCertPool()}
		config.RootCAs.AppendCertsFromPEM(certificate)
	}
	var workers sync.WaitGroup
	for i := int64(0); i < number(os.Args[6]); i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for atomic.LoadInt64(&left) > 0 {
				client := dial(port, config)
				must(client.Hello("bench.example"))
				for j := int64(0); j < session && atomic.AddInt64(&left, -1) >= 0; j++ {
					send(client, content, recipients)
				}
				must(client.Quit())
			}
		}()
	}
	workers.Wait()
}
