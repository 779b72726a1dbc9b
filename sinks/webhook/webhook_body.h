// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.h"
#include "schemas/delivery.h"
#include "sinks/body/template.h"
#include "sinks/webhook/options.h"

namespace sinks::webhook {

// What a body template can name: the members of `tocsin.transition/1`, and delivery_id, sink, opening (whether the sink
// hears of the incident for the first time) and, where `with_text`, text (the transition as people read it).
nlohmann::json template_data(const schemas::Delivery& delivery, bool with_text);

// Whether a template names the member `text` of the data, which costs something to make.
bool names_text(const body::Template& body);

// The body of a delivery in at most options.size_limit bytes, with the event around it in CloudEvents' structured mode.
// Evidence is given up as far as needed. Pure. Fails (never) with kTooLarge where all of that is not enough, and as a
// body template does.
base::Result<std::string> make_body(const Options& options, const schemas::Delivery& delivery);

}  // namespace sinks::webhook
