// SPDX-License-Identifier: MIT
#include "harness/cluster/http.h"

#include <memory>
#include <mutex>

#include <curl/curl.h>
#include <fmt/format.h>

namespace interregnum {

namespace {

struct Body {
    std::string text;
    std::size_t limit{};
};

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
    auto* body = static_cast<Body*>(user);
    std::size_t const bytes = size * count;
    if (body->text.size() + bytes > body->limit) return 0;  // makes curl fail with WRITE_ERROR
    body->text.append(data, bytes);
    return bytes;
}

int stop_asked(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<std::stop_token*>(user)->stop_requested() ? 1 : 0;
}

Error::Kind kind_of(CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_CONNECT:
        case CURLE_COULDNT_RESOLVE_HOST:
            return Error::Kind::unreachable;
        case CURLE_OPERATION_TIMEDOUT:
            return Error::Kind::timeout;
        case CURLE_ABORTED_BY_CALLBACK:
            return Error::Kind::stopped;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
            return Error::Kind::refused;
        default:
            return Error::Kind::protocol;
    }
}

std::string url_of(HttpRequest const& request) {
    bool const v6 = request.host.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}{}", request.tls ? "https" : "http", v6 ? "[" : "",
                       request.host, v6 ? "]" : "", request.port, request.path);
}

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

void set_security(CURL* curl, HttpRequest const& request) {
    if (!request.cacert.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, request.cacert.c_str());
    if (!request.cert.empty()) curl_easy_setopt(curl, CURLOPT_SSLCERT, request.cert.c_str());
    if (!request.key.empty()) curl_easy_setopt(curl, CURLOPT_SSLKEY, request.key.c_str());
    if (!request.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, request.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, request.password.reveal().c_str());
    }
}

}  // namespace

Result<HttpAnswer> http(HttpRequest const& request, std::stop_token stop) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    Handle const curl(curl_easy_init(), &curl_easy_cleanup);
    if (!curl) return fail(Error::Kind::failed, "libcurl gave no handle");
    std::string const url = url_of(request);
    Body body{.text = {}, .limit = request.size_limit};
    auto const timeout_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(request.timeout).count();
    Headers const headers(curl_slist_append(nullptr, "Content-Type: application/json"),
                          &curl_slist_free_all);
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_ms));
    curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout_ms));
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, &stop_asked);
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &stop);
    if (!request.body.empty()) {
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, request.body.c_str());
        curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    }
    set_security(curl.get(), request);
    CURLcode const code = curl_easy_perform(curl.get());
    if (code != CURLE_OK) {
        return fail(kind_of(code), fmt::format("{}: {}", url, curl_easy_strerror(code)));
    }
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return HttpAnswer{.status = static_cast<int>(status), .body = std::move(body.text)};
}

}  // namespace interregnum
