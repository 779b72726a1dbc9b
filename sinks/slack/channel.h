// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "schemas/delivery.h"

namespace sinks::slack {

// The option `channel_override`: a channel that depends on the incident, in Robusta's forms
// (https://docs.robusta.dev/master/configuration/sinks/slack.html, "Dynamic Alert Routing").
//
// "cluster_name", "labels.team" and "annotations.example.org/channel" stand for a value as a whole,
// "cluster_name-alerts" for the cluster's name with text behind it. In a text with "$" the names are "$cluster_name",
// "$labels.team" and
// "${annotations.example.org/channel}". In names of labels and annotations '/', '.', '-' and '_' are the same.
class ChannelTemplate {
 public:
  // Fails (never) for a name that is none of those.
  static base::Result<ChannelTemplate> parse(std::string_view text);

  // nullopt where a value is missing or empty. Pure.
  std::optional<std::string> resolve(const schemas::Delivery& delivery) const;

 private:
  enum class Kind { kText, kCluster, kLabel, kAnnotation };
  struct Piece {
    Kind kind = Kind::kText;
    std::string text;  // Or the name of the label, normalised.
  };
  base::Result<void> add_name(std::string_view name);

  std::vector<Piece> pieces_;
};

// As Slack's methods take it: without the "#" that people write.
std::string bare_channel(std::string_view written);

// "C0123456789": public, private and direct ones.
bool is_channel_id(std::string_view channel);

}  // namespace sinks::slack
