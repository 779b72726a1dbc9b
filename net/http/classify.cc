// SPDX-License-Identifier: Apache-2.0
#include <curl/curl.h>
#include <fmt/format.h>

#include <charconv>
#include <ctime>
#include <optional>

#include "net/http/client.h"

namespace net::http {

namespace {

constexpr std::size_t kQuotedBytes = 200;
// Nobody means to be left alone for longer; also keeps arithmetic on it from overflowing.
constexpr std::chrono::hours kLongestWait{24};

// Seconds or a date: RFC 9110 section 10.2.3.
std::optional<std::chrono::milliseconds> retry_after(const Response& response) {
  auto text = std::string(find_header(response.headers, "Retry-After"));
  if (text.empty()) return std::nullopt;
  long long seconds = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failure == std::errc::result_out_of_range) seconds = std::chrono::seconds(kLongestWait).count();
  bool is_number = end == text.data() + text.size() && failure != std::errc::invalid_argument;
  if (!is_number) {
    auto when = curl_getdate(text.c_str(), nullptr);
    if (when < 0) return std::nullopt;
    seconds = when - std::time(nullptr);
  }
  auto longest = std::chrono::seconds(kLongestWait).count();
  return std::chrono::seconds(std::clamp<long long>(seconds, 0, longest));
}

// The start of a body that people can read, on one line.
std::string quote(std::string_view body) {
  std::string text;
  bool cut = body.size() > kQuotedBytes;
  body = body.substr(0, kQuotedBytes);
  // Not in the middle of a UTF-8 character.
  while (cut && !body.empty() && (static_cast<unsigned char>(body.back()) & 0x80) != 0) body.remove_suffix(1);
  for (char c : body) {
    auto byte = static_cast<unsigned char>(c);
    if (byte == 0) return {};
    bool is_blank = byte <= 0x20 || byte == 0x7f;
    if (is_blank && (text.empty() || text.back() == ' ')) continue;
    text += is_blank ? ' ' : c;
  }
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return cut && !text.empty() ? text + "..." : text;
}

base::Reason reason_of(int status) {
  if (status == 401 || status == 403) return base::Reason::kAuth;
  if (status == 404 || status == 410) return base::Reason::kNotFound;
  if (status == 408) return base::Reason::kTimeout;
  if (status == 413) return base::Reason::kTooLarge;
  if (status == 429) return base::Reason::kRateLimited;
  return status >= 500 || status == 425 ? base::Reason::kUnavailable : base::Reason::kBadRequest;
}

}  // namespace

base::Result<void> classify(const Response& response) {
  if (response.status >= 200 && response.status < 300) return base::ok();
  auto reason = reason_of(response.status);
  bool is_passing = reason == base::Reason::kTimeout || reason == base::Reason::kRateLimited ||
                    reason == base::Reason::kUnavailable || reason == base::Reason::kAuth;
  auto retry = is_passing ? base::Retry::later() : base::Retry::never();
  if (reason == base::Reason::kRateLimited || reason == base::Reason::kUnavailable) {
    if (auto wait = retry_after(response)) retry = base::Retry::after(*wait);
  }
  auto text = quote(response.body);
  auto message = fmt::format("status {}{}{}", response.status, text.empty() ? "" : ": ", text);
  return base::Error{reason, retry, std::move(message)};
}

}  // namespace net::http
