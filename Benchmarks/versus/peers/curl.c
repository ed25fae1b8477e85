// libcurl as its documentation has it: one handle, kept for all messages. curl PORT FILE MESSAGES memory|file
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *content;
static size_t length, offset;

static size_t give(char *to, size_t size, size_t count, void *context) {
    (void)context;
    size_t most = size * count, left = length - offset;
    if (most > left) most = left;
    memcpy(to, content + offset, most);
    offset += most;
    return most;
}

int main(int argc, char **argv) {
    if (argc != 5) return 64;
    int is_file = strcmp(argv[4], "file") == 0;
    FILE *file = fopen(argv[2], "rb");
    if (!file) return 66;
    if (!is_file) {
        fseek(file, 0, SEEK_END);
        length = ftell(file);
        rewind(file);
        content = malloc(length);
        if (fread(content, 1, length, file) != length) return 74;
    }
    char url[64];
    snprintf(url, sizeof url, "smtp://127.0.0.1:%s/bench.example", argv[1]);
    CURL *curl = curl_easy_init();
    struct curl_slist *recipients = curl_slist_append(NULL, "rcpt0@bench.example");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, "sender@bench.example");
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 65536L);
    if (is_file) curl_easy_setopt(curl, CURLOPT_READDATA, file);
    else curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    for (long i = atol(argv[3]); i > 0; i--) {
        offset = 0;
        if (is_file) rewind(file);
        CURLcode code = curl_easy_perform(curl);
        if (code != CURLE_OK) {
            fprintf(stderr, "%s\n", curl_easy_strerror(code));
            return 1;
        }
    }
    curl_easy_cleanup(curl);
    return 0;
}
