// SPDX-License-Identifier: Apache-2.0
#include "net/http/budget.h"

#include <boost/asio/ip/address.hpp>

namespace net::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kBytesOfNetwork = 8;  // /64

std::string key_of(const asio::ip::address& address) {
  if (address.is_v4()) {
    auto bytes = address.to_v4().to_bytes();
    return {bytes.begin(), bytes.end()};
  }
  auto bytes = address.to_v6().to_bytes();
  return {bytes.begin(), bytes.begin() + kBytesOfNetwork};
}

}  // namespace

bool Budget::take(std::size_t amount) {
  std::size_t taken = taken_;
  do {
    if (amount > limit_ || taken > limit_ - amount) return false;
  } while (!taken_.compare_exchange_weak(taken, taken + amount));
  return true;
}

bool Share::grow_to(std::size_t amount) {
  if (amount <= held_) return true;
  if (!budget_.take(amount - held_)) return false;
  held_ = amount;
  return true;
}

void Share::release() {
  budget_.give_back(held_);
  held_ = 0;
}

Peers::Place::Place(Peers& peers, const asio::ip::address& address) : peers_(peers), key_(key_of(address)) {
  std::lock_guard lock(peers_.mutex_);
  is_within_ = peers_.counts_[key_]++ < peers_.limit_;
}

Peers::Place::~Place() {
  std::lock_guard lock(peers_.mutex_);
  auto found = peers_.counts_.find(key_);
  if (--found->second == 0) peers_.counts_.erase(found);
}

}  // namespace net::http
