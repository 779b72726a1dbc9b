// SPDX-License-Identifier: Apache-2.0
#include "ingest/alertmanager_body.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "base/time.h"
#include "schemas/labels.h"

namespace ingest {

namespace {

namespace dom = simdjson::dom;
using base::Reason;

// Deep enough for any alert, shallow enough for a small stack.
constexpr std::size_t kMaxDepth = 64;

// Alerts of one body: the largest body that is taken unless configured otherwise, 8 MB, of alerts of 167 bytes, which
// is less than Alertmanager needs for one with a single label.
constexpr std::size_t kMaxAlerts = 50'000;
// What is said once in a body is copied for each of its alerts: a few hundred bytes in 30,000 of them, and a third of
// what one call of a stage may put out is left for the alerts themselves (bus/stage/call.h).
constexpr std::size_t kMaxCopiedBytes = 24U << 20;

base::Error bad(std::string message) { return base::permanent(Reason::kBadRequest, std::move(message)); }
base::Error too_large(std::string message) { return base::permanent(Reason::kTooLarge, std::move(message)); }

// A parser keeps its buffers, so that a thread allocates them once.
dom::parser& thread_parser() {
  thread_local dom::parser parser;
  thread_local bool is_bounded = false;
  if (!is_bounded) is_bounded = parser.allocate(64 * 1024, kMaxDepth) == simdjson::SUCCESS;
  return parser;
}

base::Result<dom::object> parse_object(std::string_view body) {
  dom::element root;
  if (auto failure = thread_parser().parse(body.data(), body.size()).get(root)) {
    return bad(fmt::format("the body is not JSON: {}", simdjson::error_message(failure)));
  }
  dom::object object;
  if (root.get(object)) return bad("the body is not a JSON object");
  return object;
}

// The text of a member, or an empty one when it is missing or not text.
std::string text_of(dom::object object, std::string_view name) {
  std::string_view text;
  if (object[name].get(text)) return {};
  return std::string(text);
}

bool has(dom::object object, std::string_view name) { return object[name].error() == simdjson::SUCCESS; }

std::optional<std::string> source_of(dom::object body) {
  std::string version = text_of(body, "version");
  if (version == "4") return "alertmanager";
  if (version == "1" && (has(body, "orgId") || has(body, "state"))) return "grafana";
  return std::nullopt;
}

base::Result<schemas::Labels> read_labels(dom::object alert, std::string_view member) {
  schemas::Labels labels;
  dom::element element;
  if (alert[member].get(element) || element.is_null()) return labels;
  dom::object object;
  if (element.get(object)) return bad(fmt::format("{} is not an object", member));
  for (auto [name, value] : object) {
    std::string_view text;
    if (value.get(text)) return bad(fmt::format("{}.{} is not text", member, name));
    if (!name.starts_with("__")) labels.emplace(name, text);
  }
  return labels;
}

base::Result<std::optional<base::Time>> read_time(dom::object alert, std::string_view member) {
  auto time = base::parse_rfc3339(text_of(alert, member));
  if (!time) return time.error().in(member);
  return time;
}

void read_grafana(dom::object from, schemas::Alert& alert) {
  alert.dashboard_url = text_of(from, "dashboardURL");
  alert.panel_url = text_of(from, "panelURL");
  alert.silence_url = text_of(from, "silenceURL");
  alert.image_url = text_of(from, "imageURL");
  alert.value_string = text_of(from, "valueString");
}

base::Result<schemas::Alert> read_alert(dom::element element) {
  dom::object from;
  if (element.get(from)) return bad("the alert is not an object");
  schemas::Alert alert;
  std::string status = text_of(from, "status");
  if (status != "firing" && status != "resolved") return bad("status is neither 'firing' nor 'resolved'");
  alert.status = status == "firing" ? schemas::AlertStatus::kFiring : schemas::AlertStatus::kResolved;
  BOOST_OUTCOME_TRY(alert.labels, read_labels(from, "labels"));
  if (alert.labels.empty()) return bad("labels are missing");
  BOOST_OUTCOME_TRY(alert.annotations, read_labels(from, "annotations"));
  BOOST_OUTCOME_TRY(auto starts_at, read_time(from, "startsAt"));
  if (!starts_at) return bad("startsAt is missing");
  alert.starts_at = *starts_at;
  if (alert.status == schemas::AlertStatus::kResolved) {
    BOOST_OUTCOME_TRY(alert.ends_at, read_time(from, "endsAt"));
  }
  alert.generator_url = text_of(from, "generatorURL");
  alert.fingerprint = text_of(from, "fingerprint");
  if (alert.fingerprint.empty()) alert.fingerprint = schemas::fingerprint(alert.labels);
  read_grafana(from, alert);
  return alert;
}

// Whether a member's name can be put between quotes as it is. Every name of the webhook can.
bool is_plain(std::string_view name) {
  return std::none_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; });
}

// The body with its alerts replaced by one of them. Minified members are valid JSON, so they can be put together.
std::string body_with_only(dom::object body, dom::element alert) {
  std::string out = "{";
  for (auto [name, value] : body) {
    if (name == "alerts" || !is_plain(name)) continue;
    out += fmt::format("\"{}\":{},", name, simdjson::minify(value));
  }
  return out + fmt::format("\"alerts\":[{}]}}", simdjson::minify(alert));
}

base::Result<void> check_growth(std::size_t alerts, std::size_t shared_bytes) {
  if (alerts > kMaxAlerts) {
    return too_large(fmt::format("the body has {} alerts; at most {} are taken at once", alerts, kMaxAlerts));
  }
  if (alerts * shared_bytes <= kMaxCopiedBytes) return base::ok();
  return too_large(
      fmt::format("groupKey, receiver and externalURL of the body have {} bytes, and go with each of its {} "
                  "alerts; that may be {} bytes in all",
                  shared_bytes, alerts, kMaxCopiedBytes));
}

// Letters for the bad alerts of one body, as long as they are few or small.
base::Result<void> add_bad(ParsedBody& parsed, std::size_t& bytes, BadAlert alert) {
  bytes += alert.body.size();
  if (bytes > kMaxCopiedBytes) {
    return too_large(fmt::format("{} alerts of the body and more can't be read ({}), too many to be kept one by one",
                                 parsed.bad.size() + 1, alert.error.message));
  }
  parsed.bad.push_back(std::move(alert));
  return base::ok();
}

}  // namespace

base::Result<BodySummary> summarize(std::string_view body) {
  BOOST_OUTCOME_TRY(auto object, parse_object(body));
  auto source = source_of(object);
  if (!source) {
    return bad("not an Alertmanager webhook: expected \"version\": \"4\" (or Grafana's \"1\" with orgId)");
  }
  dom::array alerts;
  if (object["alerts"].get(alerts)) return bad("\"alerts\" is missing or not a list");
  BodySummary summary{std::move(*source), text_of(object, "groupKey"), alerts.size()};
  summary.shared_bytes =
      text_of(object, "receiver").size() + summary.group_key.size() + text_of(object, "externalURL").size();
  return summary;
}

base::Result<void> check_growth(const BodySummary& summary) {
  return check_growth(summary.alerts, summary.shared_bytes);
}

base::Result<ParsedBody> parse_alerts(std::string_view body) {
  BOOST_OUTCOME_TRY(auto object, parse_object(body));
  dom::array alerts;
  if (object["alerts"].get(alerts)) return bad("\"alerts\" is missing or not a list");
  std::string receiver = text_of(object, "receiver");
  std::string group_key = text_of(object, "groupKey");
  std::string external_url = text_of(object, "externalURL");
  BOOST_OUTCOME_TRY(check_growth(alerts.size(), receiver.size() + group_key.size() + external_url.size()));
  ParsedBody parsed;
  std::size_t bad_bytes = 0;
  for (dom::element element : alerts) {
    auto alert = read_alert(element);
    if (!alert) {
      BOOST_OUTCOME_TRY(add_bad(parsed, bad_bytes, {body_with_only(object, element), alert.error()}));
      continue;
    }
    alert.value().receiver = receiver;
    alert.value().group_key = group_key;
    alert.value().external_url = external_url;
    parsed.alerts.push_back(std::move(alert.value()));
  }
  return parsed;
}

}  // namespace ingest
