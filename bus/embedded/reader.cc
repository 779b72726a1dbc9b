// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/reader.h"

#include <chrono>
#include <utility>

#include "base/backoff.h"
#include "base/log.h"

namespace bus::embedded {

namespace {

constexpr base::Backoff kBackoff{std::chrono::milliseconds(50), std::chrono::milliseconds(5000)};

}  // namespace

Reader::~Reader() { stop(); }

void Reader::start(std::unique_ptr<LogView> view) {
  view_ = std::move(view);
  thread_ = std::thread([this] { run(); });
}

void Reader::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  std::deque<Job> dropped;
  {
    std::lock_guard lock(mutex_);
    dropped.swap(jobs_);
  }
  view_.reset();
}

void Reader::post(Job job) {
  std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  if (jobs_.size() == 1) wake_.notify_all();
}

void Reader::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return !jobs_.empty() || stopping_; });
    if (stopping_) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    perform(job);
    job = nullptr;
    lock.lock();
  }
}

void Reader::perform(const Job& job) {
  for (int attempt = 1;; ++attempt) {
    try {
      job(*view_);
      return;
    } catch (const sqlite::SqliteError& error) {
      base::log::error("bus: can't read the log", {{"error", error.what()}});
    }
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock, kBackoff.wait(attempt, rng_), [this] { return stopping_; })) return;
  }
}

}  // namespace bus::embedded
