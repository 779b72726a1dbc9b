// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "net/http/client.h"
#include "schemas/delivery.h"

namespace sinks::webhook {

// The attributes of a delivery as a CloudEvent 1.0 (https://github.com/cloudevents/spec): id is the delivery's, so that
// a repeat has the same; type is "tocsin.incident.opened" and so on; subject is the incident's id.

// The media type of structured mode.
inline constexpr std::string_view kStructuredType = "application/cloudevents+json; charset=utf-8";

// Structured mode: the event as JSON, with the body as its data, or as a text where it is no JSON.
std::string structured_event(const schemas::Delivery& delivery, std::string_view source, std::string_view body,
                             std::string_view content_type);

// Binary mode: the headers beside the body.
net::http::Headers event_headers(const schemas::Delivery& delivery, std::string_view source);

}  // namespace sinks::webhook
