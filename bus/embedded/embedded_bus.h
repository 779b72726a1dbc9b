// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "bus/archive.h"
#include "bus/bus.h"
#include "bus/stage/timer_index.h"

namespace bus::embedded {

// How the log of a single node is kept.
struct EmbeddedOptions {
  // Made if absent. One process at a time.
  std::filesystem::path data_dir;
  // How long, and up to which size, records are kept that every stage is done with. Records that are not done with are
  // never removed: an eighth over the size, appends are refused instead.
  base::Duration max_age = std::chrono::hours(7 * 24);
  std::int64_t max_bytes = 4LL << 30;
  base::Duration dead_letter_age = std::chrono::hours(30 * 24);
  // Appends waiting for the disk, beyond which more are refused: at 60,000 a second a quarter of a second's worth.
  std::size_t queue_units = 16'384;
  std::size_t queue_bytes = 64U << 20;
  // States of keys that a stage remembers between their records.
  std::size_t key_cache_bytes = 1U << 20;
  // Of a stage: stage::TimerIndex.
  std::size_t timer_keys = stage::TimerIndex::kMost;
  // Between tries of a record that failed.
  base::Backoff backoff{};
  // Off: nothing is synced to disk, and a crash of the machine may lose or damage all. For replay into a temporary
  // directory.
  bool durable = true;
  // Called with the name of each step on the way of a record, from the thread that takes it, for tests that end the
  // process there. Names: docs/formats/embedded-log.md.
  std::function<void(std::string_view)> failpoint;
};

// The durable log of a single node, on SQLite. start() fails when another process has the directory, or when the file
// is damaged, foreign or of a newer format, and says what to do. `clock` and `metrics` outlive the bus; so do the
// executors of its stages and of whoever awaits it. stop() before destroying it.
std::unique_ptr<Bus> make_embedded_bus(EmbeddedOptions options, base::Clock& clock, base::Metrics& metrics);

// What is in a data directory, while a process runs on it or not.
base::Result<std::unique_ptr<Archive>> open_embedded_archive(const std::filesystem::path& data_dir);

}  // namespace bus::embedded
