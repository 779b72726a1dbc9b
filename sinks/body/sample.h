// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schemas/delivery.h"

namespace sinks::body {

// Deliveries to try a template with: one that has everything that a record can have, quotes and line breaks in its
// texts included, and the end of an incident with nothing that can be left out.
schemas::Delivery full_sample();
schemas::Delivery bare_sample();

}  // namespace sinks::body
