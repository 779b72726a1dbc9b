// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

// Base64 with the standard alphabet and padding (RFC 4648 section 4), without line breaks.
std::string to_base64(std::string_view bytes);
// The reverse; nullopt for anything that to_base64 would not have written.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace base
