// SPDX-License-Identifier: Apache-2.0
#include "net/http/curl_loop.h"

#include <curl/curl.h>

#include <utility>

namespace net::http {

namespace asio = boost::asio;

struct CurlLoop::Watch {
  explicit Watch(const base::Executor& strand, int number) : socket(number), descriptor(strand, number) {}

  int socket;
  asio::posix::stream_descriptor descriptor;
  int wanted = CURL_POLL_NONE;
  bool is_reading = false;
  bool is_writing = false;
  bool is_over = false;

  void let_go() {
    is_over = true;
    descriptor.release();
  }
};

CurlLoop::CurlLoop(base::Executor strand, const ClientLimits& limits, Finished finished)
    : strand_(std::move(strand)), finished_(std::move(finished)), timer_(strand_), multi_(curl_multi_init()) {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  auto total = static_cast<long>(limits.max_connections);
  curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, total);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, total);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi_, CURLMOPT_MAX_CONCURRENT_STREAMS, static_cast<long>(limits.max_streams));
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(limits.max_connections_per_host));
}

CurlLoop::~CurlLoop() { close(); }

bool CurlLoop::add(void* easy) { return curl_multi_add_handle(multi_, easy) == CURLM_OK; }

void CurlLoop::remove(void* easy) { curl_multi_remove_handle(multi_, easy); }

void CurlLoop::close() {
  if (multi_ == nullptr) return;
  timer_.cancel();
  curl_multi_cleanup(std::exchange(multi_, nullptr));
  for (auto& [socket, watch] : watches_) watch->let_go();
  watches_.clear();
}

int CurlLoop::on_socket(void*, int descriptor, int what, void* self, void*) {
  static_cast<CurlLoop*>(self)->watch(descriptor, what);
  return 0;
}

int CurlLoop::on_timer(void*, long milliseconds, void* self) {
  static_cast<CurlLoop*>(self)->set_timer(milliseconds);
  return 0;
}

void CurlLoop::watch(int descriptor, int what) {
  auto found = watches_.find(descriptor);
  if (what == CURL_POLL_REMOVE) {
    if (found == watches_.end()) return;
    found->second->let_go();
    watches_.erase(found);
    return;
  }
  if (found == watches_.end()) found = watches_.emplace(descriptor, std::make_shared<Watch>(strand_, descriptor)).first;
  found->second->wanted = what;
  arm(found->second);
}

void CurlLoop::arm(const std::shared_ptr<Watch>& watch) {
  if ((watch->wanted & CURL_POLL_IN) != 0) wait(watch, true);
  if ((watch->wanted & CURL_POLL_OUT) != 0) wait(watch, false);
}

void CurlLoop::wait(const std::shared_ptr<Watch>& watch, bool for_reading) {
  bool Watch::*is_waiting = for_reading ? &Watch::is_reading : &Watch::is_writing;
  if (std::exchange(*watch.*is_waiting, true)) return;
  auto kind = for_reading ? asio::posix::descriptor_base::wait_read : asio::posix::descriptor_base::wait_write;
  int wanted = for_reading ? CURL_POLL_IN : CURL_POLL_OUT;
  int event = for_reading ? CURL_CSELECT_IN : CURL_CSELECT_OUT;
  watch->descriptor.async_wait(
      kind, [self = shared_from_this(), watch, is_waiting, wanted, event](boost::system::error_code error) {
        *watch.*is_waiting = false;
        if (watch->is_over || error == asio::error::operation_aborted) return;
        // Curl may have lost interest while this wait was under way.
        if ((watch->wanted & wanted) != 0) self->act(watch->socket, error ? CURL_CSELECT_ERR : event);
        if (!watch->is_over) self->arm(watch);
      });
}

void CurlLoop::set_timer(long milliseconds) {
  if (milliseconds < 0) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(std::chrono::milliseconds(milliseconds));
  timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (!error) self->act(CURL_SOCKET_TIMEOUT, 0);
  });
}

void CurlLoop::act(int descriptor, int events) {
  if (multi_ == nullptr) return;
  int running = 0;
  curl_multi_socket_action(multi_, descriptor, events, &running);
  int left = 0;
  while (CURLMsg* note = multi_ == nullptr ? nullptr : curl_multi_info_read(multi_, &left)) {
    if (note->msg == CURLMSG_DONE) finished_(note->easy_handle, note->data.result);
  }
}

}  // namespace net::http
