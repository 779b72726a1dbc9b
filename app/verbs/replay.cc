// SPDX-License-Identifier: Apache-2.0
#include "app/replay.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "app/ledger.h"
#include "app/verbs/looking.h"
#include "app/verbs/verbs.h"
#include "charts/chart.h"
#include "schemas/topics.h"
#include "schemas/transition.h"
#include "sinks/render/text.h"

namespace app::verbs {

namespace {

namespace fs = std::filesystem;

// A directory that is gone when the verb ends.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_((fs::temp_directory_path() / "tocsin-replay-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Writes the charts of a transition as PICTURES/<incident>-<n>.png.
base::Result<int> write_pictures(const schemas::Transition& transition, const std::string& directory) {
  int written = 0;
  for (const auto& enrichment : transition.finding.enrichments) {
    for (const auto& block : enrichment.blocks) {
      const auto* chart = std::get_if<schemas::ChartBlock>(&block);
      if (chart == nullptr) continue;
      BOOST_OUTCOME_TRY(auto png, charts::render_png(chart->chart, {.scale = 2}));
      auto name = fmt::format("{}-{}-{}.png", short_id(transition.incident.id), short_id(transition.id), ++written);
      std::ofstream(fs::path(directory) / name, std::ios::binary) << png;
    }
  }
  return written;
}

// Calls `visit` with each transition. Those of one moment come in the order of their incidents: keys are worked off
// side by side, so the log has them in another order each time.
base::Result<void> visit_transitions(const bus::Archive& archive,
                                     const std::function<bool(const bus::Record&)>& visit) {
  std::vector<bus::Record> moment;
  bool goes_on = true;
  auto flush = [&] {
    std::stable_sort(moment.begin(), moment.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    for (const auto& record : moment) goes_on = goes_on && visit(record);
    moment.clear();
  };
  BOOST_OUTCOME_TRY(archive.scan(schemas::topics::kTransitions, 0, [&](const bus::Record& record) {
    if (!moment.empty() && record.time != moment.front().time) flush();
    moment.push_back(record);
    return goes_on;
  }));
  flush();
  return base::ok();
}

// Prints the transitions and draws their pictures. Returns the number of pictures.
base::Result<int> show(const bus::Archive& archive, const ReplayArgs& args) {
  int pictures = 0;
  const char* separator = "\n";
  base::Result<void> drawn = base::ok();
  bool as_json = args.output == Output::kJson;
  BOOST_OUTCOME_TRY(visit_transitions(archive, [&](const bus::Record& record) {
    if (as_json) print(std::exchange(separator, ",\n") + record.value);
    if (as_json && args.pictures.empty()) return true;
    auto transition = schemas::decode_transition(record.value);
    if (!transition) return true;
    if (!as_json) print(sinks::render_text(transition.value(), {.colour = ::isatty(STDOUT_FILENO) != 0}) + "\n");
    if (args.pictures.empty()) return true;
    auto written = write_pictures(transition.value(), args.pictures);
    if (written) {
      pictures += written.value();
    } else {
      drawn = written.error();
    }
    return static_cast<bool>(drawn);
  }));
  BOOST_OUTCOME_TRY(drawn);
  return pictures;
}

int finish(const ReplayArgs& args, const std::string& data_dir, const ReplayCounts& counts) {
  auto archive = open_archive(LookArgs{.data_dir = data_dir});
  if (!archive) return complain(archive.error());
  bool as_json = args.output == Output::kJson;
  if (as_json) print("{\"transitions\": [");
  auto pictures = show(*archive.value(), args);
  if (!pictures) return complain(pictures.error());
  auto ledger = read_ledger(*archive.value());
  if (!ledger) return complain(ledger.error());
  if (as_json) {
    print("\n], \"ledger\": " + to_json(ledger.value()).dump(2) + "}\n");
  } else {
    print(fmt::format("played {} bodies with {} alerts; {} pictures; ledger difference {}\n", counts.inputs,
                      counts.events, pictures.value(), ledger.value().difference()));
  }
  return ledger.value().difference() == 0 ? 0 : 1;
}

}  // namespace

int replay(const ReplayArgs& args) {
  auto tail = base::parse_duration(args.tail);
  if (!tail) {
    complain(tail.error().in("--tail"));
    return 2;
  }
  auto recording = read_recording(args.file);
  if (!recording) return complain(recording.error());
  std::error_code failed;
  if (!args.pictures.empty()) fs::create_directories(args.pictures, failed);
  if (failed) return complain(base::permanent(base::Reason::kBadRequest, args.pictures + ": " + failed.message()));
  TemporaryDirectory temporary;
  std::string data_dir = args.data_dir.empty() ? temporary.path() : args.data_dir;
  auto counts = app::replay({args.config, data_dir, args.speed, tail.value()}, std::move(recording.value()));
  if (!counts) return complain(counts.error());
  return finish(args, data_dir, counts.value());
}

}  // namespace app::verbs
