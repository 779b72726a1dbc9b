// SPDX-License-Identifier: Apache-2.0
#include "net/http/curl_client.h"

#include <curl/curl.h>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/run_on.h"
#include "net/http/curl_loop.h"
#include "net/http/exchange.h"
#include "net/http/redirect.h"

namespace net::http {

namespace asio = boost::asio;

namespace {

using Answer = base::Result<Response>;

// An exchange, who waits for it, and until when. Touched on the strand only, once begun.
struct Call {
  Call(Request request, const base::Executor& strand) : exchange(std::move(request)), timer(strand) {}

  Exchange exchange;
  asio::steady_timer timer;
  std::function<void(Answer)> complete;  // Empty once called.
};

// Loading TLS libraries costs some milliseconds and memory: not before something is sent.
void init_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

// All calls of a client, on one strand.
class Calls : public std::enable_shared_from_this<Calls> {
 public:
  Calls(ClientLimits limits, base::Executor executor) : limits_(limits), strand_(asio::make_strand(executor)) {}

  const base::Executor& strand() const { return strand_; }

  void begin(const std::shared_ptr<Call>& call) {
    if (!call->complete) return;
    if (stopped_) return end(call, call->exchange.failed(base::Reason::kCancelled, "the client is stopped"));
    init_curl();
    if (auto prepared = call->exchange.prepare(limits_); !prepared) return end(call, prepared.error());
    if (!loop_) make_loop();
    running_.emplace(call->exchange.easy(), call);
    if (!loop_->add(call->exchange.easy())) {
      return end(call, call->exchange.failed(base::Reason::kInternal, "curl does not take the request"));
    }
    call->timer.expires_at(call->exchange.deadline());
    call->timer.async_wait([self = shared_from_this(), call](boost::system::error_code error) {
      if (!error) self->end(call, call->exchange.failed(base::Reason::kTimeout, "no answer in time"));
    });
  }

  void cancel(const std::shared_ptr<Call>& call) {
    end(call, call->exchange.failed(base::Reason::kCancelled, "cancelled"));
  }

  void stop() {
    stopped_ = true;
    while (!running_.empty()) cancel(std::shared_ptr(running_.begin()->second));
    if (loop_) loop_->close();
    loop_.reset();
  }

 private:
  void make_loop() {
    loop_ = std::make_shared<CurlLoop>(strand_, limits_, [this](void* easy, int code) {
      auto found = running_.find(easy);
      if (found == running_.end()) return;
      auto call = found->second;
      end(call, call->exchange.result(code));
    });
  }

  void end(const std::shared_ptr<Call>& call, Answer answer) {
    if (!call->complete) return;
    call->timer.cancel();
    if (running_.erase(call->exchange.easy()) > 0) loop_->remove(call->exchange.easy());
    std::exchange(call->complete, nullptr)(std::move(answer));
  }

  const ClientLimits limits_;
  const base::Executor strand_;
  std::shared_ptr<CurlLoop> loop_;
  std::unordered_map<void*, std::shared_ptr<Call>> running_;
  bool stopped_ = false;
};

// Begins a call for a coroutine that waits: the answer goes back to the executor it runs on.
struct Begin {
  std::shared_ptr<Calls> calls;

  template <class Handler>
  void operator()(Handler&& handler, const std::shared_ptr<Call>& call) const {
    auto executor = asio::get_associated_executor(handler, calls->strand());
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto waiting = std::make_shared<std::decay_t<Handler>>(std::forward<Handler>(handler));
    call->complete = [waiting, slot, executor, work = asio::make_work_guard(executor)](Answer answer) {
      asio::post(executor, [waiting, slot, answer = std::move(answer)]() mutable {
        auto clearable = slot;
        if (clearable.is_connected()) clearable.clear();
        std::move (*waiting)(std::move(answer));
      });
    };
    if (slot.is_connected()) {
      slot.assign([calls = calls, call](asio::cancellation_type) {
        asio::post(calls->strand(), [calls, call] { calls->cancel(call); });
      });
    }
    asio::post(calls->strand(), [calls = calls, call] { calls->begin(call); });
  }
};

base::Task<void> stop_all(std::shared_ptr<Calls> calls) {
  calls->stop();
  co_return;
}

class CurlClient final : public Client {
 public:
  CurlClient(ClientLimits limits, base::Executor executor)
      : calls_(std::make_shared<Calls>(limits, std::move(executor))) {}
  ~CurlClient() override {
    asio::post(calls_->strand(), [calls = calls_] { calls->stop(); });
  }

  base::Result<void> start() override { return base::ok(); }

  base::Task<void> stop() override { co_await base::run_on(calls_->strand(), stop_all(calls_)); }

  base::Task<Answer> send(Request request) override {
    for (int redirects = 0;; ++redirects) {
      bool may_be_redirected = request.method == "GET" || request.method == "HEAD";
      auto asked = may_be_redirected ? request : Request{};
      auto answer = co_await send_once(std::move(request));
      if (!answer || !may_be_redirected) co_return answer;
      auto next = redirected(asked, answer.value(), redirects);
      if (!next) co_return next.error();
      if (!next.value()) co_return answer;
      request = std::move(*next.value());
    }
  }

 private:
  base::Task<Answer> send_once(Request request) {
    auto call = std::make_shared<Call>(std::move(request), calls_->strand());
    const auto& token = asio::use_awaitable;
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Answer)>(Begin{calls_}, token, call);
  }

  const std::shared_ptr<Calls> calls_;
};

}  // namespace

std::unique_ptr<Client> make_client(ClientLimits limits, base::Executor executor) {
  return std::make_unique<CurlClient>(limits, std::move(executor));
}

}  // namespace net::http
