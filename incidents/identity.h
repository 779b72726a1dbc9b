// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "schemas/finding.h"

namespace incidents {

// The identity of the incident that a finding belongs to: the same for what certainly has one owner and one cause,
// different for everything else. `aggregation_key` is an alert's name or a reason, `fingerprint` tells alerts without a
// Kubernetes subject apart. Pure and thread-safe: a resolve, having its alert's labels, finds its alert's incident.
schemas::IncidentIdentity identify(std::string_view cluster, const schemas::Subject& subject,
                                   std::string_view aggregation_key, std::string_view fingerprint);

// The Deployment that a pod's name speaks of, or an empty string where that is not certain
// (docs/decisions/0001-owner-without-the-api.md).
std::string_view deployment_of_pod(std::string_view pod_name);

}  // namespace incidents
