// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace app {

// Who may use an endpoint.
enum class Access {
  kOpen,     // Everybody.
  kIntake,   // Everybody, or whoever shows the credentials of `server.intake_auth` where that is set.
  kSigned,   // Whoever signs with the secret that the endpoint is for; it judges that itself.
  kControl,  // Whoever shows `server.token`, or comes over loopback where that is trusted.
};

// One thing that the HTTP server does.
struct Endpoint {
  const char* method;
  const char* path;
  Access access;
  const char* purpose;
};

// All of them: nothing is served that has no line here.
std::span<const Endpoint> endpoints();
// Requires: there is one.
const Endpoint& endpoint(std::string_view method, std::string_view path);

// The table as a page, docs/reference/http.md.
std::string endpoints_page();

}  // namespace app
