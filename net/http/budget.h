// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>

namespace boost::asio::ip {
class address;
}

namespace net::http {

// What all connections may have of something together. Thread-safe.
class Budget {
 public:
  explicit Budget(std::size_t limit) : limit_(limit) {}

  // False, and nothing is taken, when it would be more than the limit.
  bool take(std::size_t amount);
  void give_back(std::size_t amount) { taken_ -= amount; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> taken_{0};
};

// What one connection has of a budget; given back when dropped.
class Share {
 public:
  explicit Share(Budget& budget) : budget_(budget) {}
  ~Share() { release(); }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  // False, and nothing changes, when the budget does not have it.
  bool grow_to(std::size_t amount);
  void release();

 private:
  Budget& budget_;
  std::size_t held_ = 0;
};

// Counts connections by who is at the other end: an IPv4 address, or the /64 of an IPv6 address, which is what one
// machine has at will. Thread-safe. Costs some 100 bytes for each peer that has a connection open.
class Peers {
 public:
  explicit Peers(std::size_t limit) : limit_(limit) {}

  // A place for one connection, given back when dropped. `is_within` is false when there were already `limit`.
  class Place {
   public:
    Place(Peers& peers, const boost::asio::ip::address& address);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    bool is_within() const { return is_within_; }

   private:
    Peers& peers_;
    const std::string key_;
    bool is_within_ = false;
  };

 private:
  const std::size_t limit_;
  std::mutex mutex_;
  std::map<std::string, std::size_t> counts_;
};

}  // namespace net::http
