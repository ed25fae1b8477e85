// Go's net/smtp, one command at a time as its SendMail does: netsmtp PORT FILE MESSAGES
package main

import (
	"net/smtp"
	"os"
	"strconv"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	content, err := os.ReadFile(os.Args[2])
	must(err)
	messages, err := strconv.Atoi(os.Args[3])
	must(err)
	client, err := smtp.Dial("127.0.0.1:" + os.Args[1])
	must(err)
	must(client.Hello("bench.example"))
	for i := 0; i < messages; i++ {
		must(client.Mail("sender@bench.example"))
		must(client.Rcpt("rcpt0@bench.example"))
		writer, err := client.Data()
		must(err)
		_, err = writer.Write(content)
		must(err)
		must(writer.Close())
	}
	must(client.Quit())
}
