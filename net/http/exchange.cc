// SPDX-License-Identifier: Apache-2.0
#include "net/http/exchange.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/secret_file.h"
#include "base/version.h"
#include "net/http/redirect.h"

namespace net::http {

namespace {

// Large answers are range queries of some MB: fewer, bigger reads than curl's 16 KB.
constexpr long kReadBytes = 64 * 1024;

// HTTP/2 lets 64 KB of a body go before the other side has read any of it. Where a server answers without reading more
// (413, 401), libcurl 7.88 waits for leave to send the rest until the deadline: such bodies go over HTTP/1.1.
constexpr std::size_t kLargestHttp2Body = 32 * 1024;

bool is_header_safe(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos; }

bool is_tls_failure(int code) {
  switch (code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return true;
    default:
      return false;
  }
}

base::Reason reason_of(int code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return base::Reason::kTimeout;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // The scheme was checked before: this is an HTTP/0.9 answer.
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_HTTP2:
      return base::Reason::kBadAnswer;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
      return base::Reason::kInternal;
    default:
      return base::Reason::kUnreachable;
  }
}

// What is posted as JSON does something on the other side: a message is posted, a silence made. Queries are forms.
bool acts(const Request& request) {
  return request.method == "POST" &&
         find_header(request.headers, "Content-Type").find("json") != std::string_view::npos;
}

bool has_proxy_in_environment() {
  for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return true;
  }
  return false;
}

}  // namespace

Exchange::Exchange(Request request) : request_(std::move(request)) {}

Exchange::~Exchange() {
  curl_easy_cleanup(easy_);
  curl_slist_free_all(headers_);
  curl_slist_free_all(connect_to_);
}

base::Result<void> Exchange::prepare(const ClientLimits& limits) {
  BOOST_OUTCOME_TRY(url_, parse_url(request_.url));
  if (request_.method.empty() ||
      !std::all_of(request_.method.begin(), request_.method.end(), [](unsigned char c) { return std::isalpha(c); })) {
    return failed(base::Reason::kBadRequest, "not an HTTP method");
  }
  easy_ = curl_easy_init();
  if (easy_ == nullptr) return failed(base::Reason::kInternal, "out of memory");
  set_basics(limits);
  set_method_and_body();
  static const Access kNoAccess;
  const Access& access = request_.access == nullptr ? kNoAccess : *request_.access;
  request_.access = nullptr;
  BOOST_OUTCOME_TRY(set_headers());
  BOOST_OUTCOME_TRY(set_access(access));
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
  return base::ok();
}

void Exchange::set_basics(const ClientLimits& limits) {
  auto connect = std::min<std::chrono::milliseconds>(limits.connect_timeout, base::time_left(request_.deadline));
  curl_easy_setopt(easy_, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  // HTTP/2 where TLS agrees on it (ALPN), and many exchanges over one connection then.
  bool fits_window = request_.body.size() <= kLargestHttp2Body;
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, fits_window ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy_, CURLOPT_PIPEWAIT, url_.scheme == "https" ? 1L : 0L);
  // Unpacked before it is counted: a small answer that unpacks to a huge one is kTooLarge like any other.
  curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy_, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, std::max(1L, static_cast<long>(connect.count())));
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, kReadBytes);
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, fmt::format("tocsin/{}", base::kVersion).c_str());
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, curl_error_.data());
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &Exchange::on_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Exchange::on_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
}

void Exchange::set_method_and_body() {
  if (request_.method == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
    return;
  }
  bool has_body = !request_.body.empty() || request_.method == "POST" || request_.method == "PUT";
  if (has_body) {
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    if (acts(request_)) {
      // Where a connection that was used before ends without an answer, libcurl sends the request again by itself
      // (Curl_retry_request), and the other side may have acted on the first. It does not where it would have to read
      // the body anew and can't.
      curl_easy_setopt(easy_, CURLOPT_READFUNCTION, &Exchange::on_send);
      curl_easy_setopt(easy_, CURLOPT_READDATA, this);
    } else {
      curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.body.data());
    }
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  }
  if (request_.method != (has_body ? "POST" : "GET")) {
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }
}

base::Result<void> Exchange::set_headers() {
  for (const auto& [name, value] : request_.headers) {
    BOOST_OUTCOME_TRY(add_header(name, value));
  }
  // A line without a value keeps curl from adding one of its own.
  headers_ = curl_slist_append(headers_, "Expect:");
  if (find_header(request_.headers, "Content-Type").empty()) headers_ = curl_slist_append(headers_, "Content-Type:");
  return base::ok();
}

base::Result<void> Exchange::add_header(std::string_view name, std::string_view value) {
  if (name.empty() || !is_header_safe(name) || !is_header_safe(value) || name.find(':') != name.npos) {
    return failed(base::Reason::kBadRequest, "a header has a line break or an empty name");
  }
  // A semicolon in place of the colon is how curl is told of a header with an empty value.
  auto line = value.empty() ? fmt::format("{};", name) : fmt::format("{}: {}", name, value);
  headers_ = curl_slist_append(headers_, line.c_str());
  return base::ok();
}

base::Result<void> Exchange::set_access(const Access& access) {
  if (!request_.is_elsewhere) {
    BOOST_OUTCOME_TRY(set_credentials(access));
  }
  if (!access.ca_file.empty()) {
    curl_easy_setopt(easy_, CURLOPT_CAINFO, access.ca_file.c_str());
    curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);
  }
  if (access.insecure_skip_verify) {
    curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  set_proxy(access.proxy_url);
  if (!access.server_name.empty() && url_.scheme == "https" && !request_.is_elsewhere) {
    check_against(access.server_name);
  }
  return base::ok();
}

base::Result<void> Exchange::set_credentials(const Access& access) {
  for (const auto& [name, value] : access.headers) {
    BOOST_OUTCOME_TRY(add_header(name, value));
  }
  if (!access.bearer_token.empty()) {
    BOOST_OUTCOME_TRY(add_header("Authorization", "Bearer " + base::current(access.bearer_token).reveal()));
  } else if (!access.username.empty()) {
    curl_easy_setopt(easy_, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy_, CURLOPT_USERNAME, access.username.c_str());
    curl_easy_setopt(easy_, CURLOPT_PASSWORD, base::current(access.password).reveal().c_str());
  }
  if (!access.cert_file.empty()) {
    curl_easy_setopt(easy_, CURLOPT_SSLCERT, access.cert_file.c_str());
    curl_easy_setopt(easy_, CURLOPT_SSLKEY, (access.key_file.empty() ? access.cert_file : access.key_file).c_str());
  }
  return base::ok();
}

void Exchange::set_proxy(const std::string& proxy_url) {
  // Through a proxy it is the proxy that is connected to; where the target is, is its to say.
  if (request_.avoids_local && proxy_url.empty() && !has_proxy_in_environment()) {
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &Exchange::open_socket);
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
  }
  if (!proxy_url.empty()) {
    curl_easy_setopt(easy_, CURLOPT_PROXY, proxy_url.c_str());
    curl_easy_setopt(easy_, CURLOPT_NOPROXY, "");
    return;
  }
  // Curl reads https_proxy, HTTPS_PROXY, no_proxy, NO_PROXY and http_proxy itself, but not HTTP_PROXY, which a CGI
  // program must not trust. This is none.
  const char* upper = std::getenv("HTTP_PROXY");
  if (url_.scheme == "http" && upper != nullptr && std::getenv("http_proxy") == nullptr) {
    curl_easy_setopt(easy_, CURLOPT_PROXY, upper);
  }
}

// Curl checks the certificate against the URL's host: the URL gets the other name, and the connection is sent back to
// the real one.
void Exchange::check_against(const std::string& server_name) {
  auto bracketed = [](const std::string& host) { return host.find(':') == host.npos ? host : "[" + host + "]"; };
  Url renamed = url_;
  renamed.host = server_name;
  auto url = to_string(renamed);
  if (!url_.userinfo.empty()) url.insert(url.find("://") + 3, url_.userinfo + "@");
  curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
  auto detour = fmt::format("{}:{}:{}:{}", bracketed(server_name), url_.port, bracketed(url_.host), url_.port);
  connect_to_ = curl_slist_append(connect_to_, detour.c_str());
  curl_easy_setopt(easy_, CURLOPT_CONNECT_TO, connect_to_);
  auto host = origin(url_).substr(url_.scheme.size() + 3);
  headers_ = curl_slist_append(headers_, ("Host: " + host).c_str());
}

bool Exchange::count(std::size_t bytes) {
  received_ += bytes;
  is_too_large_ = received_ > request_.max_response_bytes;
  return !is_too_large_;
}

std::size_t Exchange::on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  std::string_view line(bytes, size * count);
  if (!exchange.count(line.size())) return 0;
  // A status line: the one of a final answer follows those of 1xx.
  if (line.starts_with("HTTP/")) exchange.response_.headers.clear();
  auto colon = line.find(':');
  if (line.starts_with("HTTP/") || colon == line.npos) return line.size();
  auto value = line.substr(colon + 1);
  auto first = value.find_first_not_of(" \t");
  auto last = value.find_last_not_of(" \t\r\n");
  value = first == value.npos || last == value.npos || last < first ? std::string_view()
                                                                    : value.substr(first, last - first + 1);
  exchange.response_.headers.emplace_back(line.substr(0, colon), value);
  return line.size();
}

// The address that the name of a redirect has come to, whatever it was when somebody looked before.
int Exchange::open_socket(void* self, int, void* to) {
  auto& exchange = *static_cast<Exchange*>(self);
  auto* address = static_cast<curl_sockaddr*>(to);
  exchange.is_forbidden_ = is_off_limits(address->addr);
  if (exchange.is_forbidden_) return CURL_SOCKET_BAD;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t Exchange::on_send(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  auto copied = exchange.request_.body.copy(buffer, size * count, exchange.sent_);
  exchange.sent_ += copied;
  return copied;
}

std::size_t Exchange::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  if (!exchange.count(size * count)) return 0;
  exchange.response_.body.append(bytes, size * count);
  return size * count;
}

base::Result<Response> Exchange::result(int code) {
  if (code != CURLE_OK) return failure(code);
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  return std::move(response_);
}

base::Error Exchange::failure(int code) const {
  if (is_too_large_) {
    return failed(base::Reason::kTooLarge,
                  fmt::format("the answer is larger than {} bytes", request_.max_response_bytes));
  }
  if (is_forbidden_) return off_limits(url_);
  std::string why = curl_easy_strerror(static_cast<CURLcode>(code));
  if (is_tls_failure(code) && curl_error_[0] != '\0') why = curl_error_.data();
  long system_error = 0;
  curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &system_error);
  if (code == CURLE_COULDNT_CONNECT && system_error != 0) why = std::strerror(static_cast<int>(system_error));
  if (code == CURLE_OPERATION_TIMEDOUT) why = "no connection in time";
  return failed(reason_of(code), why);
}

base::Error Exchange::failed(base::Reason reason, std::string_view why) const {
  auto message = fmt::format("{}: {}", url_.host.empty() ? "request" : origin(url_), why);
  bool is_final = reason == base::Reason::kBadRequest || reason == base::Reason::kTooLarge;
  return is_final ? base::permanent(reason, std::move(message)) : base::passing(reason, std::move(message));
}

}  // namespace net::http
