// SPDX-License-Identifier: Apache-2.0
#include "schemas/codec/writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/base64.h"

namespace schemas::codec {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// The length of the well-formed sequence at `at`, or 0 (table 3-7 of the Unicode standard).
std::size_t sequence_length(std::string_view text, std::size_t at) {
  auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U; };
  auto continues = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  unsigned first = byte(0);
  unsigned second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    bool overlong = first == 0xE0 && second < 0xA0;
    bool surrogate = first == 0xED && second > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    bool overlong = first == 0xF0 && second < 0x90;
    bool too_large = first == 0xF4 && second > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
}

constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (int c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

bool is_plain(char c) { return kPlain[static_cast<unsigned char>(c)]; }

void append_escape(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += "\\u00";
  out += kDigits[static_cast<unsigned char>(c) >> 4];
  out += kDigits[static_cast<unsigned char>(c) & 15];
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (is_plain(text[at])) {
      ++at;
      continue;
    }
    std::size_t length = sequence_length(text, at);
    if (length > 1) {
      at += length;
      continue;
    }
    out.append(text, done, at - done);
    if (length == 1) {
      append_escape(out, text[at]);
    } else {
      out += kReplacement;
    }
    done = ++at;
  }
  out.append(text, done);
  out += '"';
}

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 32> digits;  // The shortest form of a double has at most 24 characters, of an int64 20.
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = sequence_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

void Writer::separate() {
  if (out_.empty()) return;
  char last = out_.back();
  if (last != '{' && last != '[' && last != ':') out_ += ',';
}

void Writer::begin_object() {
  separate();
  out_ += '{';
}

void Writer::begin_array() {
  separate();
  out_ += '[';
}

void Writer::key(std::string_view name) {
  separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

void Writer::value(std::string_view text) {
  separate();
  append_quoted(out_, text);
}

void Writer::value(bool truth) {
  separate();
  out_ += truth ? "true" : "false";
}

void Writer::value(std::int64_t number) {
  separate();
  append_number(out_, number);
}

void Writer::value(double number) {
  if (std::isinf(number)) return value(number > 0 ? "+Inf" : "-Inf");
  separate();
  if (std::isnan(number)) {
    out_ += "null";
  } else {
    append_number(out_, number);
  }
}

void Writer::value(base::Time time) { value(base::to_rfc3339(time)); }

template <class Map>
void Writer::text_map(const Map& map) {
  begin_object();
  for (const auto& [name, text] : map) {
    separate();
    append_quoted(out_, name);
    out_ += ':';
    append_quoted(out_, text);
  }
  end_object();
}
template void Writer::text_map(const std::map<std::string, std::string, std::less<>>&);
template void Writer::text_map(const std::map<std::string, std::string>&);

void Writer::decimal(std::int64_t whole, std::int64_t nanos) {
  separate();
  if (nanos < 0 && whole == 0) out_ += '-';
  append_number(out_, whole);
  if (nanos == 0) return;
  std::string fraction = std::to_string(1'000'000'000 + std::abs(nanos));
  fraction.front() = '.';
  fraction.erase(fraction.find_last_not_of('0') + 1);
  out_ += fraction;
}

void Writer::seconds_unless_zero(std::string_view name, base::Duration duration) {
  if (duration.count() == 0) return;
  key(name);
  decimal(duration.count() / 1'000'000'000, duration.count() % 1'000'000'000);
}

void Writer::unix_seconds(base::Time time) {
  auto millis = std::chrono::round<std::chrono::milliseconds>(time.time_since_epoch()).count();
  decimal(millis / 1000, millis % 1000 * 1'000'000);
}

void Writer::bytes(std::string_view name, std::string_view base64_name, std::string_view contents) {
  if (is_utf8(contents)) return field(name, contents);
  base64(base64_name, contents);
}

void Writer::base64(std::string_view name, std::string_view contents) { field(name, base::to_base64(contents)); }

void Writer::members(std::string_view object_text) {
  if (object_text == "{}") return;
  nlohmann::json object = nlohmann::json::parse(object_text, nullptr, false);
  if (!object.is_object()) return;
  for (const auto& [name, content] : object.items()) {
    separate();
    append_quoted(out_, name);
    out_ += ':';
    out_ += content.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

}  // namespace schemas::codec
