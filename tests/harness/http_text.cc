// SPDX-License-Identifier: Apache-2.0
#include "tests/harness/http_text.h"

#include <array>
#include <cctype>
#include <cstdlib>

namespace harness {
namespace {

void add_header(std::string_view line, Headers& headers) {
  std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string name(line.substr(0, colon));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  std::size_t value = line.find_first_not_of(" \t", colon + 1);
  headers[name] = value == std::string_view::npos ? "" : std::string(line.substr(value));
}

}  // namespace

bool HttpReader::fill(std::chrono::milliseconds limit) {
  std::array<char, 16 * 1024> chunk;
  auto size = socket_.read_some(chunk.data(), chunk.size(), limit);
  if (size <= 0) return false;
  buffer_.append(chunk.data(), static_cast<std::size_t>(size));
  return true;
}

std::optional<std::string> HttpReader::line(std::chrono::milliseconds limit) {
  std::size_t end = buffer_.find("\r\n");
  while (end == std::string::npos) {
    if (!fill(limit)) return std::nullopt;
    end = buffer_.find("\r\n");
  }
  std::string text = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return text;
}

std::optional<std::string> HttpReader::bytes(std::size_t size, std::chrono::milliseconds limit) {
  while (buffer_.size() < size) {
    if (!fill(limit)) return std::nullopt;
  }
  std::string text = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return text;
}

std::optional<std::string> HttpReader::chunks(std::chrono::milliseconds limit) {
  std::string body;
  for (;;) {
    auto head = line(limit);
    if (!head) return std::nullopt;
    std::size_t size = std::strtoul(head->c_str(), nullptr, 16);
    auto chunk = bytes(size, limit);
    if (!chunk || !line(limit)) return std::nullopt;
    if (size == 0) return body;
    body += *chunk;
  }
}

std::optional<HttpText> HttpReader::read(std::chrono::milliseconds limit) {
  HttpText text;
  auto first = line(limit);
  if (!first) return std::nullopt;
  text.first_line = *first;
  for (;;) {
    auto header = line(limit);
    if (!header) return std::nullopt;
    if (header->empty()) break;
    add_header(*header, text.headers);
  }
  if (text.headers.contains("expect")) socket_.send_all("HTTP/1.1 100 Continue\r\n\r\n");
  auto length = text.headers.find("content-length");
  auto encoding = text.headers.find("transfer-encoding");
  std::optional<std::string> body = "";
  if (encoding != text.headers.end() && encoding->second == "chunked") {
    body = chunks(limit);
  } else if (length != text.headers.end()) {
    body = bytes(std::strtoul(length->second.c_str(), nullptr, 10), limit);
  }
  if (!body) return std::nullopt;
  text.body = std::move(*body);
  return text;
}

}  // namespace harness
