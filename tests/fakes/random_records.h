// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "schemas/delivery.h"
#include "schemas/event.h"
#include "schemas/trace.h"

namespace fakes {

// Records with everything in them that a record can have, the same ones for the same seed. Texts are UTF-8 with quotes,
// line ends and control characters; lists may be empty; samples may be NaN or infinite.
class RandomRecords {
 public:
  explicit RandomRecords(std::uint64_t seed) : engine_(seed) {}

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_); }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }

  std::string text() {
    static const std::vector<std::string> kPieces = {"api",
                                                     "cart-7d9f",
                                                     "\"",
                                                     "\\",
                                                     "\n",
                                                     "\t",
                                                     "\x01",
                                                     "\x7f",
                                                     "é",
                                                     "日本",
                                                     "🔥",
                                                     " ",
                                                     "{",
                                                     "]",
                                                     "/",
                                                     "",
                                                     "https://prometheus:9090/graph?g0.expr=up%7B%7D&g0.tab=1"};
    std::string made;
    for (std::size_t i = below(5); i > 0; --i) made += kPieces[below(kPieces.size())];
    return made;
  }
  std::string bytes() {
    std::string made = text();
    if (chance(50)) made += std::string("\xff\xfe\x00\xc3", 4);
    return made;
  }
  base::Time time() {
    auto nanos = std::uniform_int_distribution<std::int64_t>(-1'000'000'000'000'000'000, 9'000'000'000'000'000'000);
    return base::Time(base::Duration(nanos(engine_)));
  }
  base::Time time_in_millis() { return std::chrono::floor<std::chrono::milliseconds>(time()); }
  base::Duration duration() { return std::chrono::milliseconds(below(10'000'000)); }
  double number() {
    if (chance(5)) return std::numeric_limits<double>::infinity() * (chance(50) ? 1 : -1);
    return std::uniform_real_distribution<double>(-1e12, 1e12)(engine_);
  }
  schemas::Labels labels() {
    schemas::Labels made;
    for (std::size_t i = below(5); i > 0; --i) made[text()] = text();
    return made;
  }
  template <class Make>
  auto list(Make make, std::size_t at_most = 3) {
    std::vector<decltype(make())> made;
    for (std::size_t i = below(at_most + 1); i > 0; --i) made.push_back(make());
    return made;
  }
  std::vector<std::string> texts() {
    return list([this] { return text(); });
  }
  schemas::Link link() { return {text(), text()}; }
  std::vector<schemas::Link> links() {
    return list([this] { return link(); });
  }

  base::Chart chart() {
    base::Chart made{text(), base::Unit(below(5)), time(), time(), duration(), {}, {}, {}};
    made.series = list([this] {
      base::Series series{text(), {}, {}};
      for (const auto& [name, value] : labels()) series.labels[name] = value;
      series.samples = list([this] { return base::Sample{time_in_millis(), number()}; }, 20);
      return series;
    });
    made.lines = list([this] { return base::ReferenceLine{base::ReferenceLine::Kind(below(3)), text(), number()}; });
    made.markers = list([this] { return base::Marker{text(), time()}; });
    return made;
  }

  // One of the twelve kinds.
  schemas::Block block(std::size_t kind) {
    switch (kind) {
      case 0:
        return schemas::MarkdownBlock{text()};
      case 1:
        return schemas::HeaderBlock{text()};
      case 2:
        return schemas::DividerBlock{};
      case 3:
        return schemas::ListBlock{texts()};
      case 4:
        return schemas::TableBlock{text(), texts(), list([this] { return texts(); })};
      case 5:
        return schemas::KeyValuesBlock{text(), list([this] { return std::pair(text(), text()); })};
      case 6:
        return schemas::FileBlock{text(), text(), bytes()};
      case 7:
        return schemas::JsonBlock{text()};
      case 8:
        return schemas::DiffBlock{text(), list([this] { return schemas::DiffBlock::Change{text(), text(), text()}; })};
      case 9:
        return schemas::LinksBlock{links()};
      case 10:
        return schemas::ChartBlock{chart()};
      default:
        return schemas::ImageBlock{text(), text(), text(), bytes()};
    }
  }
  schemas::Block block() { return block(below(12)); }

  schemas::Alert alert() {
    schemas::Alert made;
    made.status = schemas::AlertStatus(below(2));
    made.labels = labels();
    made.annotations = labels();
    made.starts_at = time();
    if (chance(50)) made.ends_at = time();
    made.fingerprint = schemas::fingerprint(made.labels);
    for (std::string* field :
         {&made.generator_url, &made.receiver, &made.group_key, &made.external_url, &made.dashboard_url,
          &made.panel_url, &made.silence_url, &made.image_url, &made.value_string}) {
      *field = text();
    }
    return made;
  }
  schemas::Event event() {
    schemas::Event made{text(), text(), text(), text(), time(), std::nullopt, unknown()};
    if (chance(90)) made.alert = alert();
    return made;
  }
  schemas::Subject subject() { return {text(), text(), text(), text(), text(), labels(), labels()}; }
  schemas::IncidentIdentity identity() { return {text(), text(), text(), text(), text(), text()}; }
  schemas::TraceStep step() { return {text(), text(), text(), text()}; }

  schemas::Finding finding() {
    schemas::Finding made;
    for (std::string* field : {&made.id, &made.event_id, &made.event_source, &made.follows, &made.title,
                               &made.description, &made.aggregation_key, &made.fingerprint, &made.member}) {
      *field = text();
    }
    made.severity = schemas::Severity(below(6));
    made.source = schemas::FindingSource(below(7));
    made.type = schemas::FindingType(below(5));
    made.state = schemas::FindingState(below(2));
    made.repeat = chance(30);
    made.subject = subject();
    made.incident = identity();
    if (chance(50)) made.starts_at = time();
    if (chance(50)) made.ends_at = time();
    made.created = time();
    if (chance(50)) made.hold_down = duration();
    if (chance(50)) made.quiet_time = duration();
    made.links = links();
    made.mentions = texts();
    made.enrichments = list([this] {
      return schemas::Enrichment{text(), text(), text(), list([this] { return block(); }, 4)};
    });
    made.missing = list([this] { return schemas::Missing{text(), text(), text()}; });
    made.sinks = texts();
    made.trace = list([this] { return step(); });
    made.unknown = unknown();
    return made;
  }
  schemas::Incident incident() {
    schemas::Incident made;
    made.id = text();
    made.identity = identity();
    made.title = text();
    made.severity = schemas::Severity(below(6));
    made.open = chance(50);
    made.opened = time();
    made.last_seen = time();
    if (chance(50)) made.resolved = time();
    made.count = static_cast<std::int64_t>(below(1'000'000));
    made.members = texts();
    if (chance(20)) made.members_not_listed = static_cast<std::int64_t>(below(1'000));
    made.inferred_end = chance(20);
    if (chance(30)) made.acknowledged = schemas::Acknowledgement{text(), text(), text(), time()};
    return made;
  }
  std::optional<schemas::Command> command() {
    if (chance(70)) return std::nullopt;
    return schemas::Command{
        text(), schemas::CommandAction(below(3)), static_cast<int>(below(25)), text(), text(), text(), text(), text(),
        time()};
  }
  schemas::Transition transition() {
    return {text(), schemas::TransitionState(below(4)), text(), time(), incident(), finding(), command(), unknown()};
  }
  schemas::Delivery delivery() { return {text(), text(), time(), chance(50), texts(), chance(50), text(), transition(), unknown()}; }
  schemas::Receipt receipt() {
    return {text(),
            text(),
            text(),
            text(),
            text(),
            text(),
            text(),
            schemas::DeliveryOutcome(below(3)),
            text(),
            text(),
            static_cast<int>(below(100)),
            time(),
            unknown()};
  }
  schemas::EventTrace trace() {
    return {text(), text(), text(), time(), list([this] { return step(); })};
  }
  // Fields of a later version, as the decoders keep them.
  std::string unknown() {
    return !with_unknown_fields || chance(70) ? "{}" : R"({"later":{"a":[1,null,"x"]},"much_later":true})";
  }

  bool with_unknown_fields = true;

 private:
  std::mt19937_64 engine_;
};

}  // namespace fakes
