// libcurl as its documentation has it: one handle, kept for all messages, the message read from its file.
//
// curl PORT FILE MESSAGES RECIPIENTS CA: a CA of "-" for no TLS.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL = 1 << 20 };

static char *content; // NULL if it is too large to be held in memory.
static size_t length, offset;

static size_t give(char *to, size_t size, size_t count, void *file) {
    (void)file;
    size_t most = size * count, left = length - offset;
    if (most > left) most = left;
    memcpy(to, content + offset, most);
    offset += most;
    return most;
}

int main(int argc, char **argv) {
    if (argc != 6) return 64;
    FILE *file = fopen(argv[2], "rb");
    if (!file) return 66;
    fseek(file, 0, SEEK_END);
    length = ftell(file);
    rewind(file);
    if (length < SMALL) {
        content = malloc(length);
        if (fread(content, 1, length, file) != length) return 74;
    }
    int has_tls = strcmp(argv[5], "-") != 0;
    char url[64], address[32];
    snprintf(url, sizeof url, "%s://127.0.0.1:%s/bench.example", has_tls ? "smtps" : "smtp", argv[1]);
    CURL *curl = curl_easy_init();
    struct curl_slist *recipients = NULL;
    for (int i = 0; i < atoi(argv[4]); i++) {
        snprintf(address, sizeof address, "rcpt%d@bench.example", i);
        recipients = curl_slist_append(recipients, address);
    }
    curl_easy_setopt(curl, CURLOPT_URL, url);
    if (has_tls) curl_easy_setopt(curl, CURLOPT_CAINFO, argv[5]);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, "sender@bench.example");
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 65536L);
    curl_easy_setopt(curl, CURLOPT_READDATA, file);
    if (content) curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    for (long i = atol(argv[3]); i > 0; i--) {
        offset = 0;
        rewind(file);
        CURLcode code = curl_easy_perform(curl);
        if (code != CURLE_OK) {
            fprintf(stderr, "%s\n", curl_easy_strerror(code));
            return 1;
        }
    }
    curl_easy_cleanup(curl);
    return 0;
}
