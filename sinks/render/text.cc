// SPDX-License-Identifier: Apache-2.0
#include "sinks/render/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "sinks/render/text_page.h"

namespace sinks {

namespace {

using schemas::Finding;
using schemas::Severity;
using schemas::Transition;

constexpr std::size_t kIndent = 2;

Style style_of(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
    case Severity::kHigh:
      return Style::kOnRed;
    case Severity::kMedium:
    case Severity::kLow:
      return Style::kOnYellow;
    case Severity::kInfo:
    case Severity::kDebug:
      break;
  }
  return Style::kOnBlue;
}

// " HIGH " on its colour, or "[HIGH]".
std::string badge(std::string_view text, Style style, const Paint& paint) {
  return paint.has_colour() ? paint(style, fmt::format(" {} ", text)) : fmt::format("[{}]", text);
}

std::string second_text(base::Time time) {
  auto text = base::to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));  // 2026-01-02T03:04:05Z
  return text.substr(0, 10) + " " + text.substr(11, 8) + " UTC";
}

// "namespace/kind name", as far as known.
std::string subject_text(const Finding& finding) {
  const auto& subject = finding.subject;
  std::string text = subject.name_space;
  if (!subject.name.empty()) {
    if (!text.empty()) text += " / ";
    text += subject.kind.empty() ? subject.name : subject.kind + " " + subject.name;
  }
  if (!subject.container.empty()) text += " / container " + subject.container;
  if (!subject.node.empty() && subject.kind != "node") text += " on " + subject.node;
  return text;
}

void add(std::string& line, std::string_view part) {
  if (part.empty()) return;
  if (!line.empty()) line += "  ·  ";
  line += part;
}

std::string where_text(const Finding& finding) {
  std::string line;
  add(line, subject_text(finding));
  if (!finding.incident.cluster.empty()) add(line, "cluster " + finding.incident.cluster);
  return line;
}

// "23m30s"; empty where the times make no sense together.
std::string span_text(base::Time from, base::Time to) {
  constexpr std::chrono::seconds kLongest = std::chrono::hours(24 * 365 * 100);
  auto span = std::chrono::floor<std::chrono::seconds>(to) - std::chrono::floor<std::chrono::seconds>(from);
  return span > std::chrono::seconds(0) && span < kLongest ? base::to_string(base::Duration(span)) : std::string();
}

std::string when_text(const Finding& finding, bool is_over) {
  std::string line;
  base::Time since = finding.starts_at.value_or(finding.created);
  add(line, "since " + second_text(since));
  auto span = is_over && finding.ends_at ? span_text(since, *finding.ends_at) : std::string();
  if (!span.empty()) add(line, "lasted " + span);
  return line;
}

std::string incident_text(const Transition& transition) {
  const auto& incident = transition.incident;
  std::string line;
  auto span = span_text(incident.opened, incident.resolved.value_or(transition.at));
  if (!span.empty()) add(line, (incident.open ? "open for " : "lasted ") + span);
  if (incident.count > 1) add(line, fmt::format("told {} times", incident.count));
  if (incident.members.size() > 1) add(line, fmt::format("{} members open", incident.members.size()));
  if (incident.inferred_end) add(line, "ended by silence, not by a resolve");
  return line;
}

// "new_member" as people say it.
std::string words(std::string cause) {
  std::replace(cause.begin(), cause.end(), '_', ' ');
  return cause;
}

void write_head(std::string_view state, bool is_over, Severity severity, const Finding& finding, TextPage& page) {
  const auto& paint = page.paint();
  auto name = schemas::to_string(severity);
  std::string line = is_over ? badge("RESOLVED", Style::kOnGreen, paint) : badge(name, style_of(severity), paint);
  if (!state.empty()) line += " " + paint(Style::kDim, clean_for_terminal(state));
  line += "  " + paint(Style::kBold, clean_for_terminal(finding.title));
  page.line(line);
}

void write_dim(const std::string& text, TextPage& page) {
  for (const auto& line : wrap(clean_for_terminal(text), page.width())) page.line(page.paint()(Style::kDim, line));
}

// A block with a name of its own needs no title above that says the same.
bool says_its_name(const schemas::Enrichment& enrichment) {
  if (enrichment.blocks.empty()) return false;
  const auto& first = enrichment.blocks.front();
  if (const auto* chart = std::get_if<schemas::ChartBlock>(&first)) return chart->chart.title == enrichment.title;
  if (const auto* table = std::get_if<schemas::TableBlock>(&first)) return table->name == enrichment.title;
  if (const auto* pairs = std::get_if<schemas::KeyValuesBlock>(&first)) return pairs->name == enrichment.title;
  if (const auto* header = std::get_if<schemas::HeaderBlock>(&first)) return header->text == enrichment.title;
  return false;
}

void write_evidence(const Finding& finding, TextPage& page) {
  for (const auto& enrichment : finding.enrichments) {
    page.gap();
    bool has_title = !enrichment.title.empty() && !says_its_name(enrichment);
    if (has_title) {
      page.heading(enrichment.title);
      page.indent(kIndent);
    }
    for (const auto& block : enrichment.blocks) write_block(block, page);
    if (has_title) page.outdent(kIndent);
  }
}

void write_missing(const Finding& finding, TextPage& page) {
  if (finding.missing.empty()) return;
  page.gap();
  page.heading("Missing");
  page.indent(kIndent);
  for (const auto& missing : finding.missing) {
    page.line(page.paint()(Style::kYellow, "! " + clean_for_terminal(missing.action)) + ": " +
              clean_for_terminal(missing.message.empty() ? missing.reason : missing.message));
  }
  page.outdent(kIndent);
}

void write_links(const Finding& finding, TextPage& page) {
  if (finding.links.empty()) return;
  page.gap();
  page.heading("Links");
  page.indent(kIndent);
  write_block(schemas::LinksBlock{finding.links}, page);
  page.outdent(kIndent);
}

void write_body(const Finding& finding, TextPage& page) {
  if (!finding.description.empty()) {
    page.gap();
    page.paragraph(finding.description);
  }
  write_evidence(finding, page);
  write_missing(finding, page);
  write_links(finding, page);
}

}  // namespace

std::string render_text(const Finding& finding, const TextOptions& options) {
  TextPage page(options);
  bool is_over = finding.state == schemas::FindingState::kResolved;
  write_head("", is_over, finding.severity, finding, page);
  page.indent(kIndent);
  write_dim(where_text(finding), page);
  write_dim(when_text(finding, is_over), page);
  write_body(finding, page);
  return page.take();
}

std::string render_text(const Transition& transition, const TextOptions& options) {
  TextPage page(options);
  bool is_over = transition.state == schemas::TransitionState::kResolved;
  std::string state(is_over ? "" : schemas::to_string(transition.state));
  if (transition.state == schemas::TransitionState::kUpdated) state += ": " + words(transition.cause);
  write_head(state, is_over, transition.incident.severity, transition.finding, page);
  page.indent(kIndent);
  write_dim(where_text(transition.finding), page);
  auto when = when_text(transition.finding, is_over && !transition.incident.resolved);
  add(when, incident_text(transition));
  write_dim(when, page);
  write_body(transition.finding, page);
  return page.take();
}

}  // namespace sinks
