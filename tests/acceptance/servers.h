// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/harness/process.h"
#include "tests/harness/temp_dir.h"

namespace acceptance {

// Why the servers of this file can't be had on this machine; empty if they can.
std::string what_is_missing();

// Debian's Alertmanager, sending every group at once to one webhook, and again after `repeat`.
class Alertmanager {
 public:
  explicit Alertmanager(std::string_view webhook_url, std::string_view repeat = "1h");
  bool is_ready() const;
  // Makes an alert fire, as Prometheus would; false if it is not taken.
  bool fire(std::string_view name) const;
  std::uint16_t port() const { return port_; }
  std::string log() const { return process_->output(); }

 private:
  harness::TempDir dir_;
  std::uint16_t port_;
  std::optional<harness::Process> process_;
};

// Debian's Prometheus, looking at one target (job "victim") every second, with the alert VictimDown while that is down.
class Prometheus {
 public:
  Prometheus(std::uint16_t victim_port, std::uint16_t alertmanager_port);
  bool is_ready() const;
  // Whether the query has a result now.
  bool has_result(std::string_view query) const;
  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::string log() const { return process_->output(); }

 private:
  harness::TempDir dir_;
  std::uint16_t port_;
  std::optional<harness::Process> process_;
};

}  // namespace acceptance
