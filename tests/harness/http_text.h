// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "tests/harness/socket.h"

namespace harness {

// Header names in lower case.
using Headers = std::map<std::string, std::string, std::less<>>;

// One request or response as it came over the wire; its body is as long as Content-Length or the chunks say (RFC 9112).
struct HttpText {
  std::string first_line;
  Headers headers;
  std::string body;
};

// Reads messages from one connection. Answers "Expect: 100-continue". Nullopt when the connection ends or is silent for
// `limit`.
class HttpReader {
 public:
  explicit HttpReader(const Socket& socket) : socket_(socket) {}
  std::optional<HttpText> read(std::chrono::milliseconds limit);

 private:
  bool fill(std::chrono::milliseconds limit);
  std::optional<std::string> line(std::chrono::milliseconds limit);
  std::optional<std::string> bytes(std::size_t size, std::chrono::milliseconds limit);
  std::optional<std::string> chunks(std::chrono::milliseconds limit);

  const Socket& socket_;
  std::string buffer_;
};

}  // namespace harness
