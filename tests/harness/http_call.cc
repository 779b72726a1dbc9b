// SPDX-License-Identifier: Apache-2.0
#include "tests/harness/http_call.h"

#include <cstdlib>

namespace harness {
namespace {

std::string request_text(std::string_view method, std::string_view target, std::string_view body,
                         std::string_view content_type, bool keep_alive) {
  std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  if (!content_type.empty()) text += "Content-Type: " + std::string(content_type) + "\r\n";
  if (!body.empty() || method == "POST") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  if (!keep_alive) text += "Connection: close\r\n";
  return text + "\r\n" + std::string(body);
}

Answer exchange(const Socket& socket, const std::string& request, std::chrono::milliseconds limit) {
  if (!socket.is_open()) return {};
  // A server may answer before it has read a body that it refuses, and close: then sending fails, but reading does not.
  socket.send_all(request);
  auto response = HttpReader(socket).read(limit);
  if (!response || !response->first_line.starts_with("HTTP/1.")) return {};
  return {std::atoi(response->first_line.c_str() + std::string_view("HTTP/1.1 ").size()), std::move(response->body)};
}

}  // namespace

Answer http_get(std::uint16_t port, std::string_view target, std::chrono::milliseconds limit) {
  return exchange(connect_to(port), request_text("GET", target, "", "", false), limit);
}

Answer http_post(std::uint16_t port, std::string_view target, std::string_view body, std::string_view content_type,
                 std::chrono::milliseconds limit) {
  return exchange(connect_to(port), request_text("POST", target, body, content_type, false), limit);
}

Answer http_post_with(std::uint16_t port, std::string_view target, std::string_view headers, std::string_view body,
                      std::string_view content_type) {
  auto text = request_text("POST", target, body, content_type, false);
  text.insert(text.find("\r\n") + 2, headers);
  return exchange(connect_to(port), text, std::chrono::seconds(10));
}

Answer HttpConnection::post(std::string_view target, std::string_view body, std::chrono::milliseconds limit) {
  if (!socket_.is_open()) socket_ = connect_to(port_);
  Answer answer = exchange(socket_, request_text("POST", target, body, "application/json", true), limit);
  if (answer.status == 0) socket_ = Socket();
  return answer;
}

}  // namespace harness
