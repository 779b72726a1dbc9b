// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bus/bus.h"
#include "bus/embedded/reader.h"
#include "bus/embedded/store.h"
#include "bus/embedded/writer.h"
#include "bus/stage/lane.h"
#include "bus/stage/progress.h"
#include "bus/stage/turns.h"

namespace bus::embedded {

// What the writer tells a stage when it enters.
struct Entered {
  std::int64_t topic_id = 0;
  stage::Progress progress;
  std::int64_t head = 1;  // Behind the last record.
};

// A running stage: a lane that is handed records from commits as they happen, or from the log when it is behind.
// Thread-safe.
class Stage final : public stage::Log {
 public:
  struct Deps {
    base::Clock& clock;
    Writer& writer;
    Reader& reader;
    stage::Work& work;
    base::Rng& rng;
    base::Backoff backoff;
    stage::Failpoint failpoint;
    std::size_t cache_bytes;
    std::size_t timer_keys;
  };

  Stage(StageSpec spec, Handler& handler, base::Executor executor, Deps deps, base::Metrics& metrics);

  const StageSpec& spec() const { return spec_; }
  std::int64_t id() const { return id_; }
  stage::Lane& lane() { return lane_; }
  const stage::Failpoint& failpoint() const { return failpoint_; }

  // From the writer's thread: where it stands, in the order of spec().inputs.
  void activate(std::int64_t id, std::vector<Entered> entered);
  // From the writer's thread: records of one of its topics were committed.
  void offer(const Fresh& fresh);

  void load(stage::Slot& slot) override;
  void load_timers(stage::TimerIndex::Question question) override;
  void submit(std::unique_ptr<stage::KeyUnit> unit) override;
  void has_room() override;

 private:
  struct Input {
    std::string topic;
    std::int64_t topic_id = 0;
    std::int64_t cursor = 1;  // What is below was handed over, or done before.
    std::int64_t head = 1;    // Behind the last record known.
    bool fetching = false;
    stage::Progress done_before;  // As it stood when the stage entered.
  };

  void fetch(Input& input);
  void fetched(Input& input, Piece piece);

  const StageSpec spec_;
  Writer& writer_;
  Reader& reader_;
  const stage::Failpoint failpoint_;
  std::int64_t id_ = 0;

  std::mutex mutex_;
  std::vector<Input> inputs_;  // As many as the spec names from activate() on.

  stage::Turns turns_;
  stage::Lane lane_;  // Last: runs on the fields above.
};

}  // namespace bus::embedded
