// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bus/bus.h"
#include "bus/embedded/board.h"
#include "bus/embedded/router.h"
#include "bus/embedded/stage.h"
#include "bus/embedded/unit.h"
#include "bus/stage/completion.h"

namespace bus::embedded {

using Outcome = base::Result<void>;

// Records and counts from outside a stage.
class AppendUnit final : public Unit {
 public:
  AppendUnit(std::vector<Outgoing> records, std::vector<Count> counts, stage::Completion<Outcome> done);

  void apply(Store& store) override;
  void committed(Store& store) override;
  void refused(const base::Error& error) override;
  bool wants_sync() const override { return true; }
  std::size_t bytes() const override { return bytes_; }

 private:
  std::vector<std::shared_ptr<Record>> records_;
  std::vector<Count> counts_;
  stage::Completion<Outcome> done_;
  std::size_t bytes_;
};

// A stage takes its place: finds its position, and from the next commit on is handed what is appended.
class EnterUnit final : public Unit {
 public:
  EnterUnit(std::shared_ptr<Stage> stage, Router& router)
      : stage_(std::move(stage)), hold_(stage_->lane().hold()), router_(router) {}

  void apply(Store& store) override;
  void committed(Store& store) override;
  void refused(const base::Error&) override {}
  bool is_kept() const override { return true; }
  bool is_abandoned() const override { return stage_->lane().is_closing(); }
  bool wants_sync() const override { return true; }
  bool is_alone() const override { return true; }

 private:
  std::shared_ptr<Stage> stage_;
  std::shared_ptr<void> hold_;
  Router& router_;
  std::int64_t id_ = 0;
  std::vector<Entered> entered_;
};

// A closed stage gives up its place. Its position, state and timers stay in the log.
class LeaveUnit final : public Unit {
 public:
  LeaveUnit(std::shared_ptr<Stage> stage, Router& router) : stage_(std::move(stage)), router_(router) {}

  void apply(Store&) override {}
  void committed(Store& store) override { router_.remove(store, *stage_); }
  void refused(const base::Error&) override {}
  bool is_kept() const override { return true; }
  bool is_alone() const override { return true; }

 private:
  std::shared_ptr<Stage> stage_;
  Router& router_;
};

// A broadcast entry. Alone in its commit, so that the table it may push an older entry out of is up to date.
class PublishUnit final : public Unit {
 public:
  PublishUnit(Board& board, std::string topic, std::string key, std::string value, stage::Completion<Outcome> done);

  void apply(Store& store) override;
  void committed(Store& store) override;
  void refused(const base::Error& error) override { done_(error); }
  bool wants_sync() const override { return true; }
  bool is_alone() const override { return true; }
  std::size_t bytes() const override { return sizeof(PublishUnit) + key_.size() + value_.size(); }

 private:
  Board& board_;
  std::string topic_;
  std::string key_;
  std::string value_;
  stage::Completion<Outcome> done_;
};

// Loads a broadcast table while the log runs.
class JoinUnit final : public Unit {
 public:
  JoinUnit(std::shared_ptr<Board::Table> table, std::function<void(Outcome)> done)
      : table_(std::move(table)), done_(std::move(done)) {}

  void apply(Store& store) override { table_->load(store); }
  void committed(Store&) override { done_(base::ok()); }
  void refused(const base::Error& error) override { done_(error); }
  bool is_alone() const override { return true; }

 private:
  std::shared_ptr<Board::Table> table_;
  std::function<void(Outcome)> done_;
};

}  // namespace bus::embedded
