// SPDX-License-Identifier: Apache-2.0
#include "sinks/webhook/webhook_body.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sinks/render/png.h"
#include "sinks/render/shrink.h"
#include "sinks/render/text.h"
#include "sinks/webhook/cloud_event.h"

namespace sinks::webhook {

namespace {

using schemas::Delivery;

base::Result<std::string> json_body(const Options& options, const Delivery& delivery, std::size_t evidence) {
  if (options.include_png) {
    auto with_pictures = schemas::encode(with_png(delivery.transition));
    if (with_pictures.size() <= evidence) return with_pictures;
  }
  return encode_within(delivery.transition, evidence, "webhook_sink");
}

base::Result<std::string> templated_body(const Options& options, const Delivery& delivery, std::size_t evidence) {
  BOOST_OUTCOME_TRY(auto shrunk, encode_within(delivery.transition, evidence, "webhook_sink"));
  Delivery smaller = delivery;
  BOOST_OUTCOME_TRY(smaller.transition, schemas::decode_transition(shrunk));
  auto data = template_data(smaller, names_text(*options.body));
  return options.body->render(data, static_cast<std::size_t>(options.size_limit));
}

base::Result<std::string> body_with(const Options& options, const Delivery& delivery, std::size_t evidence) {
  std::string body;
  if (options.body) {
    BOOST_OUTCOME_TRY(body, templated_body(options, delivery, evidence));
  } else if (options.format == Format::kText) {
    body = cut_text(render_text(delivery.transition), evidence);
  } else {
    BOOST_OUTCOME_TRY(body, json_body(options, delivery, evidence));
  }
  if (options.cloudevents != CloudEvents::kStructured) return body;
  return structured_event(delivery, options.cloudevents_source, body, content_type_of(options));
}

}  // namespace

nlohmann::json template_data(const Delivery& delivery, bool with_text) {
  auto data = schemas::to_json(delivery.transition);
  data["delivery_id"] = delivery.id;
  data["sink"] = delivery.sink;
  data["opening"] = delivery.opening;
  if (with_text) data["text"] = render_text(delivery.transition);
  return data;
}

bool names_text(const body::Template& body) {
  const auto& names = body.names();
  return std::any_of(names.begin(), names.end(), [](const body::Path& path) { return path.steps.front() == "text"; });
}

namespace {

// Less than this is of no use; a text can be cut to any length.
std::size_t least_evidence(const Options& options) {
  constexpr std::size_t kShortestText = 256;
  return options.format == Format::kText ? kShortestText : kSmallestLimit;
}

}  // namespace

base::Result<std::string> make_body(const Options& options, const Delivery& delivery) {
  // What is made of the evidence may be larger than it, so less and less of it is given until the result fits.
  auto limit = static_cast<std::size_t>(options.size_limit);
  std::size_t evidence = limit;
  while (true) {
    auto body = body_with(options, delivery, evidence);
    bool is_too_large = body ? body.value().size() > limit : body.error().reason == base::Reason::kTooLarge;
    if (!is_too_large) return body;
    if (evidence == least_evidence(options)) break;
    evidence = std::max(evidence / 2, least_evidence(options));
  }
  return base::permanent(base::Reason::kTooLarge, "the body is larger than size_limit, " + std::to_string(limit) +
                                                      " bytes, without evidence too");
}

}  // namespace sinks::webhook
