// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/vitals.h"

#include <librdkafka/rdkafka.h>
#include <syslog.h>

#include <optional>
#include <utility>

#include "base/log.h"

namespace bus::kafka {

Vitals::Vitals(std::string name, base::Metrics& metrics)
    : name_(std::move(name)), metrics_(metrics), statistics_(name_, metrics) {}

void Vitals::on_log(int syslog_level, std::string_view kind, std::string_view text) {
  if (silent_) return;
  std::uint64_t left_out = 0;
  {
    std::lock_guard lock(mutex_);
    auto now = std::chrono::steady_clock::now();
    auto [told, is_first] = told_.try_emplace(std::string(kind), Told{now, 0});
    if (!is_first && now - told->second.at < kQuiet) {
      ++told->second.left_out;
      return;
    }
    told->second.at = now;
    left_out = std::exchange(told->second.left_out, 0);
  }
  // Nothing that librdkafka logs means that data is lost: what failed comes back as an error of the call.
  auto write = syslog_level <= LOG_WARNING ? base::log::warn
               : syslog_level <= LOG_INFO  ? base::log::info
                                           : base::log::debug;
  if (left_out == 0) {
    write("kafka: client says", {{"client", name_}, {"kind", kind}, {"text", text}});
  } else {
    write("kafka: client says", {{"client", name_}, {"kind", kind}, {"text", text}, {"left_out", left_out}});
  }
}

void Vitals::on_error(int code, std::string_view text) {
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    brokers_down_.store(true, std::memory_order_relaxed);
  } else {
    std::lock_guard lock(mutex_);
    last_error_ = text.substr(0, text.find(" (after "));  // How long it took differs each time.
  }
}

std::string Vitals::last_error() const {
  std::lock_guard lock(mutex_);
  return last_error_;
}

std::string Vitals::why_down() const {
  if (!brokers_down()) return {};
  std::string error = last_error();
  return error.empty() ? "no broker can be reached" : error;
}

void Vitals::on_statistics(std::string_view json) {
  std::optional<Statistics> read = parse_statistics(json);
  if (!read) return;
  if (read->brokers_up > 0) on_answer();
  statistics_.show(*read);
}

}  // namespace bus::kafka
