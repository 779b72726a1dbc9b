// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/harness/http_text.h"

namespace harness {

// What a server answered; status 0 when it did not.
struct Answer {
  int status = 0;
  std::string body;
  bool is_success() const { return status >= 200 && status < 300; }
};

// One request to 127.0.0.1 on a connection of its own.
Answer http_get(std::uint16_t port, std::string_view target,
                std::chrono::milliseconds limit = std::chrono::seconds(10));
Answer http_post(std::uint16_t port, std::string_view target, std::string_view body,
                 std::string_view content_type = "application/json",
                 std::chrono::milliseconds limit = std::chrono::seconds(10));
// The same with further headers, whole lines: "X-A: b\r\n".
Answer http_post_with(std::uint16_t port, std::string_view target, std::string_view headers, std::string_view body,
                      std::string_view content_type);

// Requests one after the other on one connection, opened anew when it broke.
class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port) : port_(port) {}
  Answer post(std::string_view target, std::string_view body, std::chrono::milliseconds limit);

 private:
  std::uint16_t port_;
  Socket socket_;
};

}  // namespace harness
