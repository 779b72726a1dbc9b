// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <unordered_map>

#include "net/http/curl_client.h"

namespace net::http {

// A curl multi handle whose sockets and timer are watched by Asio.
// https://curl.se/libcurl/c/curl_multi_socket_action.html
//
// All of it runs on one strand, given at construction. close() before the last reference goes: sockets belong to curl
// and only their readiness to Asio.
class CurlLoop : public std::enable_shared_from_this<CurlLoop> {
 public:
  // The transfer of that easy handle has ended with that CURLcode; remove() it then.
  using Finished = std::function<void(void* easy, int code)>;

  CurlLoop(base::Executor strand, const ClientLimits& limits, Finished finished);
  ~CurlLoop();
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;

  // False when curl refuses the handle.
  bool add(void* easy);
  // Ends the transfer if it still runs. Not from inside a curl callback.
  void remove(void* easy);
  // Closes all connections. Requires: every added handle is removed.
  void close();

 private:
  struct Watch;

  static int on_socket(void* easy, int descriptor, int what, void* self, void* watch);
  static int on_timer(void* multi, long milliseconds, void* self);

  void watch(int descriptor, int what);
  void arm(const std::shared_ptr<Watch>& watch);
  void wait(const std::shared_ptr<Watch>& watch, bool for_reading);
  void set_timer(long milliseconds);
  void act(int descriptor, int events);

  base::Executor strand_;
  Finished finished_;
  boost::asio::steady_timer timer_;
  void* multi_;
  std::unordered_map<int, std::shared_ptr<Watch>> watches_;
};

}  // namespace net::http
