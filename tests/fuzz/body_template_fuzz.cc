// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "schemas/transition.h"
#include "sinks/body/sample.h"
#include "sinks/body/template.h"
#include "tests/fuzz/fuzzers.h"

namespace fuzz {

void body_template(std::string_view input) {
  constexpr std::size_t kLimit = 64 * 1024;
  static const nlohmann::json kData = schemas::to_json(sinks::body::full_sample().transition);
  using sinks::body::Escape;
  for (auto escape : {Escape::kNone, Escape::kJson, Escape::kXml, Escape::kForm}) {
    auto parsed = sinks::body::Template::parse(input, escape);
    if (const auto* error = std::get_if<sinks::body::SyntaxError>(&parsed)) {
      expect(error->line >= 1 && !error->message.empty(), "a mistake has a line and words");
      continue;
    }
    auto rendered = std::get<sinks::body::Template>(parsed).render(kData, kLimit);
    if (!rendered) {
      expect(rendered.error().retry.is_never(), "the same template fails the same way again");
      continue;
    }
    expect(rendered.value().size() <= kLimit, "a body keeps its bound");
    if (escape == Escape::kJson) expect(nlohmann::json::accept(rendered.value()), "a body of JSON is JSON");
  }
}

}  // namespace fuzz
