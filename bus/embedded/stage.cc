// SPDX-License-Identifier: Apache-2.0
#include "bus/embedded/stage.h"

#include <algorithm>
#include <utility>

#include "bus/embedded/stage_unit.h"

namespace bus::embedded {

namespace {

// Records a stage holds in memory: ten times the default concurrency lets one hot key fill a tenth of a second before
// the others wait behind it in the log. At 1 KB a record: 1 MB.
constexpr std::size_t kHeldRecords = 1024;
// The same in bytes, for topics of big records.
constexpr std::size_t kHeldBytes = 4U << 20;
// Records of one read.
constexpr std::size_t kFetchRecords = 512;
constexpr std::size_t kFetchBytes = 2U << 20;

}  // namespace

Stage::Stage(StageSpec spec, Handler& handler, base::Executor executor, Deps deps, base::Metrics& metrics)
    : spec_(std::move(spec)),
      writer_(deps.writer),
      reader_(deps.reader),
      failpoint_(deps.failpoint),
      turns_(spec_.concurrency),
      lane_(spec_, handler, std::move(executor), *this,
            {deps.clock,
             deps.work,
             turns_,
             deps.rng,
             deps.backoff,
             deps.failpoint,
             {kHeldRecords, kHeldBytes, deps.cache_bytes, deps.timer_keys}},
            metrics) {}

void Stage::activate(std::int64_t id, std::vector<Entered> entered) {
  std::int64_t behind = 0;
  {
    std::lock_guard lock(mutex_);
    id_ = id;
    for (std::size_t i = 0; i < entered.size(); ++i) {
      const Entered& at = entered[i];
      inputs_.push_back({spec_.inputs[i], at.topic_id, at.progress.next(), at.head, false, at.progress});
      behind += at.head - at.progress.next() - at.progress.done_ahead();
    }
  }
  lane_.begin(behind);
  has_room();
}

// Hands over what fits, when nothing of the topic is left to be read before it. Not under the lock: a lane that is told
// something may answer at once.
void Stage::offer(const Fresh& fresh) {
  Input* input = nullptr;
  bool follows = false;
  {
    std::lock_guard lock(mutex_);
    auto found = std::find_if(inputs_.begin(), inputs_.end(), [&](const Input& at) { return at.topic == fresh.topic; });
    if (lane_.is_closing() || found == inputs_.end() || fresh.next <= found->head) return;
    input = &*found;
    lane_.expect(fresh.next - input->head);
    bool caught_up = input->cursor == input->head && !input->fetching;
    input->head = fresh.next;
    follows = caught_up && !fresh.records.empty() && fresh.records.front()->offset == input->cursor;
    if (follows) input->fetching = true;
  }
  if (follows) {
    auto taken = static_cast<std::int64_t>(lane_.take_what_fits(fresh.records));
    std::lock_guard lock(mutex_);
    input->cursor += taken;
    input->fetching = false;
    if (input->cursor == input->head) return;
  }
  has_room();
}

// Reads what the stage is behind: whole pieces instead of single records.
void Stage::has_room() {
  if (lane_.is_closing() || lane_.is_crowded()) return;
  std::lock_guard lock(mutex_);
  for (auto& input : inputs_) {
    if (input.fetching || input.cursor >= input.head) continue;
    input.fetching = true;
    fetch(input);
  }
}

void Stage::fetch(Input& input) {
  reader_.post([this, &input, from = input.cursor, until = input.head, until_read = lane_.hold()](LogView& view) {
    if (lane_.is_closing()) return;
    fetched(input, view.read(input.topic, input.topic_id, from, until, kFetchRecords, kFetchBytes));
  });
}

void Stage::fetched(Input& input, Piece piece) {
  std::erase_if(piece.records, [&](const auto& record) { return input.done_before.is_done(record->offset); });
  lane_.take(piece.records);
  {
    std::lock_guard lock(mutex_);
    input.fetching = false;
    input.cursor = piece.next;
  }
  has_room();
}

void Stage::load(stage::Slot& slot) {
  reader_.post([this, &slot, until_read = lane_.hold()](LogView& view) {
    if (!lane_.is_closing()) lane_.loaded(slot, view.key_state(id_, slot.key));
  });
}

void Stage::load_timers(stage::TimerIndex::Question question) {
  reader_.post([this, question, until_read = lane_.hold()](LogView& view) {
    if (!lane_.is_closing()) lane_.timers_loaded(view.due_keys(id_, question.from, question.most));
  });
}

void Stage::submit(std::unique_ptr<stage::KeyUnit> unit) {
  writer_.submit(std::make_unique<StageUnit>(*this, std::move(unit)));
}

}  // namespace bus::embedded
