// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http/client.h"
#include "net/http/curl_client.h"
#include "net/http/url.h"

// Of curl.h.
struct curl_slist;

namespace net::http {

// One request and its answer as a curl easy handle. Not thread-safe.
class Exchange {
 public:
  explicit Exchange(Request request);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Makes the easy handle. Reads Request::access for the last time. kBadRequest for what can't be sent.
  base::Result<void> prepare(const ClientLimits& limits);
  // Null before prepare().
  void* easy() const { return easy_; }

  base::Deadline deadline() const { return request_.deadline; }
  // What came of it, once curl is done with that CURLcode.
  base::Result<Response> result(int code);
  // "https://host:443: why", for failures that curl does not know of.
  base::Error failed(base::Reason reason, std::string_view why) const;

 private:
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_send(char* buffer, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static int open_socket(void* self, int purpose, void* address);

  void set_basics(const ClientLimits& limits);
  void set_method_and_body();
  base::Result<void> set_headers();
  base::Result<void> add_header(std::string_view name, std::string_view value);
  base::Result<void> set_access(const Access& access);
  base::Result<void> set_credentials(const Access& access);
  void set_proxy(const std::string& proxy_url);
  void check_against(const std::string& server_name);
  bool count(std::size_t bytes);
  base::Error failure(int code) const;

  Request request_;
  Url url_;
  void* easy_ = nullptr;
  curl_slist* headers_ = nullptr;
  curl_slist* connect_to_ = nullptr;
  std::array<char, 256> curl_error_{};  // CURL_ERROR_SIZE.
  std::size_t sent_ = 0;
  std::size_t received_ = 0;
  bool is_too_large_ = false;
  bool is_forbidden_ = false;  // The address is off limits for a redirect.
  Response response_;
};

}  // namespace net::http
