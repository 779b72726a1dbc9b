// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/lane_cuts.h"

#include <algorithm>

namespace bus::kafka {

namespace {

// The end of a changelog partition: a quarter of a second of a busy lane, and most often all of a quiet one's.
constexpr std::int64_t kFirstWindow = 256;

struct Window {
  std::int64_t from = 0;
  bool done = false;
  LaneCutReader reader;
};

// Reads the windows that are not done, from their `from` to the ends.
base::Result<void> read_windows(TopicLook& look, const std::string& changelog, const std::vector<Watermarks>& extents,
                                std::vector<Window>& windows) {
  std::vector<ReadRange> ranges;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (windows[i].done) continue;
    windows[i].reader = {};
    ranges.push_back({look.name_of(changelog), static_cast<std::int32_t>(i), windows[i].from, extents[i].high});
  }
  return look.read(std::move(ranges), [&](const MessageView& message) {
    windows[static_cast<std::size_t>(message.partition)].reader.take(message);
    return true;
  });
}

}  // namespace

base::Result<LaneCuts> LaneCuts::read(TopicLook& look) {
  BOOST_OUTCOME_TRY(auto topics, look.topics());
  std::erase_if(topics, [](const std::string& topic) { return !topic.starts_with(kChangelogs); });
  BOOST_OUTCOME_TRY(look.learn(topics));
  LaneCuts cuts;
  for (const std::string& changelog : topics) {
    BOOST_OUTCOME_TRY(auto lanes, read_stage(look, changelog));
    cuts.stages_.emplace(changelog.substr(kChangelogs.size()), std::move(lanes));
  }
  return cuts;
}

base::Result<std::vector<LaneCut>> LaneCuts::read_stage(TopicLook& look, const std::string& changelog) {
  BOOST_OUTCOME_TRY(auto extents, look.extents(changelog));
  std::vector<Window> windows(extents.size());
  std::vector<LaneCut> lanes;
  for (std::int64_t width = kFirstWindow;; width *= 4) {
    for (std::size_t i = 0; i < windows.size(); ++i) {
      windows[i].from = std::max(extents[i].low, extents[i].high - width);
    }
    BOOST_OUTCOME_TRY(read_windows(look, changelog, extents, windows));
    bool all = true;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      windows[i].done = windows[i].from <= extents[i].low || windows[i].reader.is_enough();
      all = all && windows[i].done;
    }
    if (all) break;
  }
  for (std::size_t i = 0; i < windows.size(); ++i) {
    auto cut = windows[i].reader.finish();
    if (!cut) return cut.error().in("topic " + look.name_of(changelog) + ", partition " + std::to_string(i));
    lanes.push_back(std::move(cut.value()));
  }
  return lanes;
}

const LaneCut* LaneCuts::find(std::string_view stage, std::int32_t partition) const {
  auto found = stages_.find(stage);
  if (found == stages_.end() || partition < 0 || static_cast<std::size_t>(partition) >= found->second.size()) {
    return nullptr;
  }
  return &found->second[static_cast<std::size_t>(partition)];
}

bool LaneCuts::is_settled(const Cause& cause) const {
  if (cause.offset < 0) return true;
  const LaneCut* lane = find(cause.stage, cause.partition);
  return lane != nullptr && lane->is_cause_done(cause.topic, cause.offset);
}

}  // namespace bus::kafka
