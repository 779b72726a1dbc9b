// SPDX-License-Identifier: Apache-2.0
#include "net/http/wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/status.hpp>
#include <ctime>
#include <iterator>
#include <limits>

#include "net/http/url.h"

namespace net::http {

namespace beast = boost::beast::http;

namespace {

using ErrorCode = boost::beast::error_code;
using boost::beast::iequals;

// The one that is used to end parsing where Beast itself would go on; what is wrong stands in Reader::why.
const auto kRefused = make_error_code(beast::error::bad_value);

bool is_number(boost::beast::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Fills a ServerRequest as Beast's parser meets its parts.
class Reader final : public beast::basic_parser<true> {
 public:
  ServerRequest request;
  std::string expectation;
  std::string_view why;
  bool is_http_1_0 = false;
  bool is_chunked = false;
  std::size_t max_headers = 0;
  bool has_too_many_headers = false;

 private:
  void refuse(std::string_view reason, ErrorCode& error) {
    why = reason;
    error = kRefused;
  }

  void on_request_impl(beast::verb, boost::beast::string_view method, boost::beast::string_view target, int version,
                       ErrorCode& error) override {
    request.method.assign(method.data(), method.size());
    is_http_1_0 = version < 11;
    if (!split_target({target.data(), target.size()})) refuse("the request target is not valid", error);
  }

  // RFC 9112 section 3.2: origin-form, or the absolute-form that a proxy gets.
  bool split_target(std::string_view target) {
    if (target == "*") {
      request.path = target;
      return true;
    }
    if (!target.starts_with('/')) {
      auto scheme_end = target.find("://");
      if (scheme_end == std::string_view::npos) return false;
      auto path_start = target.find_first_of("/?", scheme_end + 3);
      target = path_start == std::string_view::npos ? "/" : target.substr(path_start);
    }
    auto question = target.find('?');
    if (question != std::string_view::npos) request.query = target.substr(question + 1);
    auto path = target.substr(0, question);
    if (path.find('%') == std::string_view::npos) {
      request.path = path;
      return true;
    }
    if (path.find("%2f") != std::string_view::npos || path.find("%2F") != std::string_view::npos) return false;
    auto decoded = percent_decode(path);
    if (!decoded || decoded.value().find('\0') != std::string::npos) return false;
    request.path = std::move(decoded).value();
    return true;
  }

  void on_field_impl(beast::field name, boost::beast::string_view name_text, boost::beast::string_view value,
                     ErrorCode& error) override {
    if (head_done_) return;  // A trailer: nothing of it may change what the head said.
    if (name == beast::field::host && ++hosts_ > 1) return refuse("more than one Host header", error);
    if (name == beast::field::transfer_encoding) {
      if (is_http_1_0) return refuse("Transfer-Encoding in HTTP/1.0", error);
      if (!iequals(value, "chunked") || is_chunked) return refuse("Transfer-Encoding other than chunked", error);
      is_chunked = true;
    }
    if (name == beast::field::content_length && has_length_) return refuse("more than one Content-Length", error);
    if (name == beast::field::content_length && !is_number(value))
      return refuse("Content-Length is not a number", error);
    if (name == beast::field::content_length) has_length_ = true;
    if (is_chunked && has_length_) return refuse("both Content-Length and Transfer-Encoding", error);
    if (name == beast::field::expect) expectation.assign(value.data(), value.size());
    has_too_many_headers = request.headers.size() == max_headers;
    if (has_too_many_headers) return refuse("too many headers", error);
    request.headers.emplace_back(std::string(name_text.data(), name_text.size()),
                                 std::string(value.data(), value.size()));
  }

  void on_header_impl(ErrorCode& error) override {
    head_done_ = true;
    if (!is_http_1_0 && hosts_ == 0) refuse("no Host header", error);
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(boost::beast::string_view body, ErrorCode&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, ErrorCode&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body, ErrorCode&) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }

  void on_finish_impl(ErrorCode&) override {}
  void on_response_impl(int, boost::beast::string_view, int, ErrorCode&) override {}

  int hosts_ = 0;
  bool has_length_ = false;
  bool head_done_ = false;
};

bool is_safe(std::string_view text) {
  for (unsigned char c : text) {
    if ((c < 0x20 && c != '\t') || c == 0x7f) return false;
  }
  return true;
}

// RFC 9110 section 5.6.7, written once a second.
std::string_view date_now() {
  thread_local std::time_t written_at = 0;
  thread_local char text[32];
  std::time_t now = std::time(nullptr);
  if (now != written_at) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    written_at = now;
  }
  return text;
}

// The shortest end of a chunked body, "0\r\n\r\n". Beast counts on so many bytes once it has met its first line.
constexpr std::size_t kShortestEnd = 5;

}  // namespace

struct RequestParser::State {
  std::size_t max_body_bytes;
  std::size_t max_headers;
  std::optional<Reader> reader;
  ErrorCode error;

  Step put(std::string_view bytes, std::size_t& consumed) {
    consumed += reader->put({bytes.data(), bytes.size()}, error);
    if (!error) return Step::kDone;
    return error == beast::error::need_more ? Step::kNeedMore : Step::kRefused;
  }
};

RequestParser::RequestParser(std::size_t max_body_bytes, std::size_t max_headers) : state_(std::make_unique<State>()) {
  state_->max_body_bytes = max_body_bytes;
  state_->max_headers = max_headers;
  reset();
}

RequestParser::~RequestParser() = default;

void RequestParser::reset() {
  auto& reader = state_->reader.emplace();
  reader.body_limit(state_->max_body_bytes);
  // The caller's buffer is the limit of the head.
  reader.header_limit(std::numeric_limits<std::uint32_t>::max());
  reader.max_headers = state_->max_headers;
  reader.request.headers.reserve(8);
}

RequestParser::Step RequestParser::parse_head(std::string_view bytes, std::size_t& consumed) {
  return state_->put(bytes, consumed);
}

RequestParser::Step RequestParser::parse_chunks(std::string_view bytes, std::size_t& consumed) {
  std::size_t taken = 0;
  auto step = Step::kNeedMore;
  bool more = true;
  while (more && bytes.size() - taken >= kShortestEnd) {
    step = state_->put(bytes.substr(taken), taken);
    more = step == Step::kDone && !state_->reader->is_done();
  }
  consumed += taken;
  return more ? Step::kNeedMore : step;
}

ServerRequest& RequestParser::request() { return state_->reader->request; }

ServerResponse RequestParser::refusal() const {
  if (state_->error == beast::error::body_limit) {
    return refuse(413, fmt::format("the body is larger than {} bytes", state_->max_body_bytes));
  }
  if (state_->error == beast::error::bad_version) return refuse(400, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  if (state_->reader->has_too_many_headers) {
    return refuse(431, fmt::format("the request has more than {} headers", state_->max_headers));
  }
  if (!state_->reader->why.empty()) return refuse(400, state_->reader->why);
  return refuse(400, "not a valid HTTP request: " + state_->error.message());
}

bool RequestParser::is_chunked() const { return state_->reader->is_chunked; }
std::uint64_t RequestParser::content_length() const {
  return is_chunked() ? 0 : state_->reader->content_length().value_or(0);
}
bool RequestParser::keep_alive() const { return state_->reader->keep_alive(); }
bool RequestParser::is_http_1_0() const { return state_->reader->is_http_1_0; }
const std::string& RequestParser::expectation() const { return state_->reader->expectation; }

void append_head(const ServerResponse& response, ResponseFraming framing, std::string& out) {
  auto to = std::back_inserter(out);
  auto reason = beast::obsolete_reason(static_cast<beast::status>(response.status));
  fmt::format_to(to, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status, std::string_view(reason.data(), reason.size()),
                 date_now());
  bool has_body = response.status >= 200 && response.status != 204 && response.status != 304;
  if (has_body && !response.content_type.empty() && is_safe(response.content_type)) {
    fmt::format_to(to, "Content-Type: {}\r\n", response.content_type);
  }
  if (has_body) fmt::format_to(to, "Content-Length: {}\r\n", response.body.size());
  for (const auto& [name, value] : response.headers) {
    if (is_safe(name) && is_safe(value)) fmt::format_to(to, "{}: {}\r\n", name, value);
  }
  if (!framing.keep_alive) {
    out += "Connection: close\r\n";
  } else if (framing.is_http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

}  // namespace net::http
