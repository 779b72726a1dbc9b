// SPDX-License-Identifier: Apache-2.0
#include <librdkafka/rdkafka.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>

#include "bus/kafka/client/group_member.h"

namespace bus::kafka {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

// librdkafka announces none of what is waited for here.
constexpr std::chrono::milliseconds kLook{5};

base::Task<void> wait_until(auto holds, base::Deadline deadline) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  boost::system::error_code ended;
  while (!holds() && !ended && steady_clock::now() < deadline) {
    timer.expires_after(kLook);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
  }
}

// A member that has left has no id any more.
bool has_left(rd_kafka_t* client) {
  std::unique_ptr<char, decltype(&std::free)> id(rd_kafka_memberid(client), &std::free);
  return id == nullptr || *id == '\0';
}

}  // namespace

base::Task<void> GroupMember::give_back(base::Deadline deadline) {
  co_await wait_until([this] { return phase_ != Phase::kRevoking && phase_ != Phase::kAssigned; }, deadline);
}

// A static member leaves by giving up its subscription. rd_kafka_consumer_close alone would send no LeaveGroup
// (KIP-345), so that the others wait for the session to end. Closing comes second, for it waits until the request was
// answered.
base::Task<bool> GroupMember::leave(base::Deadline deadline) {
  rd_kafka_t* client = handle_->get();
  if (offered_) {
    offered_ = false;
    rd_kafka_assign(client, nullptr);
  }
  rd_kafka_unsubscribe(client);
  co_await wait_until([client] { return has_left(client); }, deadline);
  co_await give_back(deadline);
  if (!has_left(client) || steady_clock::now() >= deadline) co_return false;
  watch_.reset();
  Queue closing(rd_kafka_queue_new(client));
  if (rd_kafka_error_t* error = rd_kafka_consumer_close_queue(client, closing.get())) {
    rd_kafka_error_destroy(error);
    co_return false;
  }
  co_await wait_until([client] { return rd_kafka_consumer_closed(client) != 0; }, deadline);
  co_return rd_kafka_consumer_closed(client) != 0;
}

base::Task<bool> GroupMember::close(std::shared_ptr<GroupMember> self, GroupConsumer::Farewell farewell,
                                    base::Deadline deadline) {
  if (self->ended_) co_return true;
  bool in_time = true;
  if (self->phase_ == Phase::kFailed) {
    // Nothing to leave: whoever took over has our place.
  } else if (farewell == GroupConsumer::Farewell::kLeave) {
    in_time = co_await self->leave(deadline);
  } else {
    if (self->phase_ == Phase::kAssigned) self->begin_revoke(self->positions_.all(), false);
    co_await self->give_back(deadline);
    in_time = self->phase_ != Phase::kRevoking;
  }
  self->end();
  self->events_.reset();
  self->handle_.reset();
  co_return in_time;
}

}  // namespace bus::kafka
