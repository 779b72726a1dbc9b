// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "app/heartbeat/beat.h"
#include "app/id_choice.h"
#include "app/table.h"
#include "app/verbs/looking.h"
#include "app/verbs/verbs.h"
#include "schemas/finding.h"
#include "schemas/topics.h"
#include "sinks/render/text.h"

namespace app::verbs {

namespace {

constexpr std::size_t kTitleColumns = 60;

// Calls `visit` for the findings, newest first, until it returns false. Repeats and beats bring nothing to see and are
// left out.
template <class Visit>
base::Result<void> scan_findings(const bus::Archive& archive, Visit visit) {
  return archive.scan_newest_first(schemas::topics::kFindings, [&](const bus::Record& record) {
    if (heartbeat::is_ours(record.key)) return true;
    auto finding = schemas::decode_finding(record.value);
    return !finding || finding.value().repeat || visit(std::move(finding.value()));
  });
}

std::string subject_text(const schemas::Finding& finding) {
  const schemas::Subject& subject = finding.subject;
  if (subject.kind.empty()) return "-";
  std::string where = subject.name_space.empty() ? "" : subject.name_space + "/";
  return where + subject.kind + "/" + subject.name;
}

std::string state_text(const schemas::Finding& finding) {
  return finding.state == schemas::FindingState::kFiring ? "firing" : "resolved";
}

}  // namespace

int findings_list(const LookArgs& args) {
  auto archive = open_archive(args);
  if (!archive) return complain(archive.error());
  Table table({"ID", "CREATED", "STATE", "SEVERITY", "TITLE", "SUBJECT", "INCIDENT"});
  nlohmann::json list = nlohmann::json::array();
  int left = args.limit;
  auto scanned = scan_findings(*archive.value(), [&](schemas::Finding finding) {
    if (args.output != Output::kTable) {
      list.push_back(schemas::to_json(finding));
    } else {
      table.add({short_id(finding.id), base::to_rfc3339(std::chrono::floor<std::chrono::seconds>(finding.created)),
                 state_text(finding), std::string(schemas::to_string(finding.severity)),
                 shorten(finding.title, kTitleColumns), subject_text(finding), short_id(finding.incident.key)});
    }
    return --left > 0;
  });
  if (!scanned) return complain(scanned.error());
  print(args.output == Output::kTable ? table.to_string() : structured(list, args.output));
  return 0;
}

int findings_show(const LookArgs& args) {
  auto archive = open_archive(args);
  if (!archive) return complain(archive.error());
  IdChoice choice(args.id);
  std::optional<schemas::Finding> found;
  auto scanned = scan_findings(*archive.value(), [&](schemas::Finding finding) {
    if (!finding.id.starts_with(args.id)) return true;
    choice.offer("", finding.id);
    if (!found || choice.is_made()) found = std::move(finding);
    return !choice.is_made();
  });
  if (!scanned) return complain(scanned.error());
  if (auto chosen = choice.take("no finding has an id like"); !chosen) return complain(chosen.error());
  if (args.output != Output::kTable) {
    print(structured(schemas::to_json(*found), args.output));
  } else {
    print(sinks::render_text(*found, {.colour = ::isatty(STDOUT_FILENO) != 0}));
    print("\nfinding   " + found->id + "\nevent     " + found->event_id + "\nincident  " +
          identity_text(found->incident) + "\n");
  }
  return 0;
}

}  // namespace app::verbs
