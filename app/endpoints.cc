// SPDX-License-Identifier: Apache-2.0
#include "app/endpoints.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>

namespace app {

namespace {

constexpr Endpoint kEndpoints[] = {
    {"POST", "/api/alerts", Access::kIntake, "Takes the webhook of Alertmanager or Grafana."},
    {"POST", "/api/slack/interactivity", Access::kSigned, "Takes the clicks on buttons of Slack messages."},
    {"GET", "/livez", Access::kOpen, "Whether the process answers."},
    {"GET", "/healthz", Access::kOpen, "The same, under its older name."},
    {"GET", "/readyz", Access::kOpen, "Whether alerts can be taken; with `?verbose` each check by name."},
    {"GET", "/metrics", Access::kOpen, "Metrics for Prometheus. Names what the configuration names, never an alert."},
    {"GET", "/api/findings", Access::kControl, "The newest findings; `?limit=` up to 1000."},
    {"POST", "/api/dlq", Access::kControl, "Plays dead letters again, or drops them."},
    {"POST", "/-/reload", Access::kControl, "Reads the configuration again."},
};

const char* who(Access access) {
  switch (access) {
    case Access::kOpen:
      return "everybody";
    case Access::kIntake:
      return "everybody; with `intake_auth`: who shows it";
    case Access::kSigned:
      return "who signs with a `signing_secret` of a `slack_sink`";
    case Access::kControl:
      return "who shows `token`; with `trust_loopback`: loopback too";
  }
  return "";
}

}  // namespace

std::span<const Endpoint> endpoints() { return kEndpoints; }

const Endpoint& endpoint(std::string_view method, std::string_view path) {
  auto found = std::find_if(std::begin(kEndpoints), std::end(kEndpoints),
                            [&](const Endpoint& e) { return method == e.method && path == e.path; });
  if (found == std::end(kEndpoints)) std::terminate();
  return *found;
}

std::string endpoints_page() {
  std::string page =
      "# HTTP endpoints\n\nMade from the table in `app/endpoints.cc`; `tests/unit/app/reference_test.cc` says how. "
      "What "
      "the\noptions mean is in [security.md](../security.md).\n\n| Endpoint | Who may use it | What it does |\n"
      "| --- | --- | --- |\n";
  for (const Endpoint& e : kEndpoints) {
    page += fmt::format("| `{} {}` | {} | {} |\n", e.method, e.path, who(e.access), e.purpose);
  }
  page += "\n`HEAD` is answered wherever `GET` is, `OPTIONS` everywhere.\n";
  return page;
}

}  // namespace app
