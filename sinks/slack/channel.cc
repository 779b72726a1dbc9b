// SPDX-License-Identifier: Apache-2.0
#include "sinks/slack/channel.h"

#include <algorithm>

namespace sinks::slack {

namespace {

constexpr std::string_view kCluster = "cluster_name";
constexpr std::string_view kLabels = "labels.";
constexpr std::string_view kAnnotations = "annotations.";

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

std::string normalised(std::string_view name) {
  std::string text(name);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '/' || c == '.' || c == '-'; }, '_');
  return text;
}

std::string value_of(const schemas::Labels& labels, const std::string& name) {
  auto found =
      std::find_if(labels.begin(), labels.end(), [&](const auto& label) { return normalised(label.first) == name; });
  return found == labels.end() ? std::string() : found->second;
}

// The name behind a "$" that has no braces: letters, digits, '_', and '.' or '/' between them.
std::string_view bare_name(std::string_view text) {
  if (text.starts_with(kCluster)) return text.substr(0, kCluster.size());
  std::size_t size = 0;
  while (size < text.size() && (is_word(text[size]) || text[size] == '.' || text[size] == '/')) ++size;
  while (size > 0 && !is_word(text[size - 1])) --size;
  return text.substr(0, size);
}

}  // namespace

base::Result<void> ChannelTemplate::add_name(std::string_view name) {
  if (name == kCluster) {
    pieces_.push_back({Kind::kCluster, {}});
  } else if (name.starts_with(kLabels) && name.size() > kLabels.size()) {
    pieces_.push_back({Kind::kLabel, normalised(name.substr(kLabels.size()))});
  } else if (name.starts_with(kAnnotations) && name.size() > kAnnotations.size()) {
    pieces_.push_back({Kind::kAnnotation, normalised(name.substr(kAnnotations.size()))});
  } else {
    return base::permanent(
        base::Reason::kBadRequest,
        "'" + std::string(name) + "' is not known: expected cluster_name, labels.<name> or annotations.<name>");
  }
  return base::ok();
}

base::Result<ChannelTemplate> ChannelTemplate::parse(std::string_view text) {
  ChannelTemplate made;
  if (text.find('$') == std::string_view::npos) {
    bool is_cluster = text.starts_with(kCluster) && (text.size() == kCluster.size() || !is_word(text[kCluster.size()]));
    BOOST_OUTCOME_TRY(made.add_name(is_cluster ? kCluster : text));
    if (is_cluster) made.pieces_.push_back({Kind::kText, std::string(text.substr(kCluster.size()))});
    return made;
  }
  while (!text.empty()) {
    auto dollar = std::min(text.find('$'), text.size());
    made.pieces_.push_back({Kind::kText, std::string(text.substr(0, dollar))});
    text.remove_prefix(dollar);
    if (text.empty()) break;
    text.remove_prefix(1);
    if (text.starts_with('{')) {
      auto end = text.find('}');
      if (end == std::string_view::npos) {
        return base::permanent(base::Reason::kBadRequest, "a '${' without its '}'");
      }
      BOOST_OUTCOME_TRY(made.add_name(text.substr(1, end - 1)));
      text.remove_prefix(end + 1);
    } else {
      auto name = bare_name(text);
      BOOST_OUTCOME_TRY(made.add_name(name));
      text.remove_prefix(name.size());
    }
  }
  return made;
}

std::optional<std::string> ChannelTemplate::resolve(const schemas::Delivery& delivery) const {
  const auto& transition = delivery.transition;
  std::string channel;
  for (const Piece& piece : pieces_) {
    std::string value = piece.text;
    if (piece.kind == Kind::kCluster) value = transition.incident.identity.cluster;
    if (piece.kind == Kind::kLabel) value = value_of(transition.finding.subject.labels, piece.text);
    if (piece.kind == Kind::kAnnotation) value = value_of(transition.finding.subject.annotations, piece.text);
    if (value.empty() && piece.kind != Kind::kText) return std::nullopt;
    channel += value;
  }
  channel = bare_channel(channel);
  return channel.empty() ? std::nullopt : std::optional(std::move(channel));
}

std::string bare_channel(std::string_view written) {
  if (written.starts_with('#')) written.remove_prefix(1);
  return std::string(written);
}

bool is_channel_id(std::string_view channel) {
  constexpr std::size_t kShortest = 9;
  return channel.size() >= kShortest && (channel[0] == 'C' || channel[0] == 'G' || channel[0] == 'D') &&
         std::all_of(channel.begin(), channel.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

}  // namespace sinks::slack
