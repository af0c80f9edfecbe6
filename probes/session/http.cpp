// SPDX-License-Identifier: MIT
#include "probes/session/http.h"

#include <curl/curl.h>
#include <fmt/format.h>

namespace interregnum {
namespace {

constexpr std::size_t body_limit = 1U << 20U;

struct CurlLibrary {
    CurlLibrary() { curl_global_init(CURL_GLOBAL_DEFAULT); }
};

/// What the callbacks of one request work on.
struct Transfer {
    std::string body;
    bool too_long{};
    std::stop_token stop;
};

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* argument) {
    auto* const transfer = static_cast<Transfer*>(argument);
    if (transfer->body.size() + (size * count) > body_limit) {
        transfer->too_long = true;
        return 0;
    }
    transfer->body.append(data, size * count);
    return size * count;
}

int cut_short(void* argument, curl_off_t /*to_receive*/, curl_off_t /*received*/,
              curl_off_t /*to_send*/, curl_off_t /*sent*/) {
    return static_cast<Transfer*>(argument)->stop.stop_requested() ? 1 : 0;
}

Error::Kind kind_of(CURLcode code, Transfer const& transfer) {
    if (transfer.stop.stop_requested()) return Error::Kind::stopped;
    if (code == CURLE_OPERATION_TIMEDOUT) return Error::Kind::timeout;
    bool const no_peer = code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
                         code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR ||
                         code == CURLE_SEND_ERROR;
    return no_peer ? Error::Kind::unreachable : Error::Kind::protocol;
}

}  // namespace

struct HttpClient::State {
    CURL* curl{};
    curl_slist* headers{};
};

HttpClient::HttpClient(std::string const& origin, RestAccess const& access)
    : origin_((access.tls ? "https://" : "http://") + origin), state_(std::make_unique<State>()) {
    static CurlLibrary const library;
    CURL* const curl = curl_easy_init();
    state_->curl = curl;
    if (curl == nullptr) return;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &cut_short);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "interregnum");
    if (!access.cacert.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, access.cacert.c_str());
    if (!access.cert.empty()) curl_easy_setopt(curl, CURLOPT_SSLCERT, access.cert.c_str());
    if (!access.key.empty()) curl_easy_setopt(curl, CURLOPT_SSLKEY, access.key.c_str());
    if (!access.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, access.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, access.password.reveal().c_str());
    }
    state_->headers = curl_slist_append(nullptr, "Content-Type: application/json");
}

HttpClient::~HttpClient() {
    curl_slist_free_all(state_->headers);
    if (state_->curl != nullptr) curl_easy_cleanup(state_->curl);
}

Result<HttpAnswer> HttpClient::fetch(std::string const& path, Duration timeout,
                                     std::stop_token stop) {
    if (state_->curl == nullptr) return fail(Error::Kind::failed, "libcurl gave no handle");
    curl_easy_setopt(state_->curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(state_->curl, CURLOPT_HTTPHEADER, nullptr);
    return perform(path, timeout, stop);
}

Result<HttpAnswer> HttpClient::post(std::string const& path, std::string const& json,
                                    Duration timeout, std::stop_token stop) {
    if (state_->curl == nullptr) return fail(Error::Kind::failed, "libcurl gave no handle");
    curl_easy_setopt(state_->curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(json.size()));
    curl_easy_setopt(state_->curl, CURLOPT_COPYPOSTFIELDS, json.c_str());
    curl_easy_setopt(state_->curl, CURLOPT_HTTPHEADER, state_->headers);
    return perform(path, timeout, stop);
}

Result<HttpAnswer> HttpClient::perform(std::string const& path, Duration timeout,
                                       std::stop_token const& stop) {
    CURL* const curl = state_->curl;
    std::string const url = origin_ + path;
    Transfer transfer{.body = {}, .too_long = false, .stop = stop};
    auto const ms = std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count();
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(ms));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(ms));
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
    CURLcode const code = curl_easy_perform(curl);
    if (transfer.too_long)
        return fail(Error::Kind::protocol,
                    fmt::format("{}: the answer is longer than {} bytes", url, body_limit));
    if (code != CURLE_OK)
        return fail(kind_of(code, transfer), fmt::format("{}: {}", url, curl_easy_strerror(code)));
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return HttpAnswer{.status = static_cast<int>(status), .body = std::move(transfer.body)};
}

}  // namespace interregnum
