// SPDX-License-Identifier: Apache-2.0
#include "sinks/body/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "sinks/body/sample.h"

namespace sinks::body {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const json& data() {
  static const json all = json::parse(R"({
    "title": "say \"hi\"\n", "count": 3, "open": true, "nothing": null, "empty": "", "none": [],
    "labels": {"team": "pay & play", "app/name": "web"}, "list": ["a", "b\"c", 5],
    "rows": [{"name": "x", "cells": [1, 2]}, {"name": "y", "cells": []}], "text": "Grüße <b>"})");
  return all;
}

std::string render(const std::string& text, Escape escape = Escape::kNone) {
  auto parsed = Template::parse(text, escape);
  if (const auto* error = std::get_if<SyntaxError>(&parsed)) {
    return "line " + std::to_string(error->line) + ": " + error->message;
  }
  auto rendered = std::get<Template>(parsed).render(data(), 100'000);
  return rendered ? rendered.value() : rendered.error().message;
}

TEST(Template, PutsValuesIntoText) {
  EXPECT_EQ(render("no marks, { or } or {x}"), "no marks, { or } or {x}");
  EXPECT_EQ(render("{{count}} of {{ labels.team }}, {{ labels[\"app/name\"] }}, {{ list[2] }}"),
            "3 of pay & play, web, 5");
  EXPECT_EQ(render("<{{ nothing }}{{ gone.and.more }}{{ list[9] }}{{ list.x }}>"), "<>");
  EXPECT_EQ(render("{{ list }} {{ open }} {{ -1.5 }} {{ 'it\\'s' }}"), R"(["a","b\"c",5] true -1.5 it's)");
  EXPECT_EQ(render("{# a {{ comment }} with 'quote #}x"), "x");
}

TEST(Template, ChoosesByConditions) {
  EXPECT_EQ(render("{% if open %}yes{% else %}no{% endif %}"), "yes");
  EXPECT_EQ(render("{% if count == 2 %}two{% elif count == 3 %}three{% elif open %}open{% endif %}"), "three");
  EXPECT_EQ(render("{% if not open or empty %}a{% elif open and none %}b{% endif %}c"), "c");
  EXPECT_EQ(render("{% if (nothing or open) and count != 4 %}a{% endif %}"), "a");
  EXPECT_EQ(render("{% if 'a' in list and 'team' in labels and 'hi' in title and not 'z' in list %}in{% endif %}"),
            "in");
}

TEST(Template, RepeatsForEachElement) {
  EXPECT_EQ(render("{% for x in list %}{{ loop.index }}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}"),
            "1a, 2b\"c, 35");
  EXPECT_EQ(render("{% for l in labels %}{{ l.key }}={{ l.value }};{% endfor %}"), "app/name=web;team=pay & play;");
  EXPECT_EQ(render("{% for r in rows %}{{ r.name }}{% for c in r.cells %}{{ c }}{% if loop.first %}-{% endif %}"
                   "{% endfor %}{{ loop.index }}{% endfor %}"),
            "x1-21y2");
  EXPECT_EQ(render("{% for x in nothing %}a{% endfor %}{% for x in count %}b{% endfor %}"), "");
}

TEST(Template, PassesValuesThroughFilters) {
  EXPECT_EQ(render("{{ empty | default('-') }}{{ count | default(1) }}"), "-3");
  EXPECT_EQ(render("{{ list | join(', ') }}"), "a, b\"c, 5");
  EXPECT_EQ(render("{{ 'aBc' | upper }}{{ 'aBc' | lower }}{{ list | length }}{{ 'abcd' | length }}"), "ABCabc34");
  EXPECT_EQ(render("{{ 'abcdefgh' | truncate(6) | upper }}"), "ABC…");
  EXPECT_EQ(render("{{ labels | json }}"), R"({"app/name":"web","team":"pay & play"})");
}

TEST(Template, TakesBlanksAwayBesideADash) {
  EXPECT_EQ(render("a  \n {%- if open -%}  \n b {{- count -}} \n{% endif %}c"), "ab3c");
}

TEST(Template, EscapesByWhereAValueStandsInJson) {
  EXPECT_EQ(render(R"({"a": "-{{ title }}-", "b": {{ title }}, "c": {{ count }}, "d": {{ list }}, "e": {{ nothing }},)"
                   R"( "f": "{{ nothing }}", "g": "{{ list }}"})",
                   Escape::kJson),
            R"({"a": "-say \"hi\"\n-", "b": "say \"hi\"\n", "c": 3, "d": ["a","b\"c",5], "e": null,)"
            R"( "f": "", "g": "[\"a\",\"b\\\"c\",5]"})");
  EXPECT_EQ(render(R"(["\"{{ count }}\\", {{ count }}])", Escape::kJson), R"(["\"3\\", 3])");
}

TEST(Template, EscapesForXmlAndForms) {
  EXPECT_EQ(render("<a b='{{ labels.team }}'>{{ text }}</a>", Escape::kXml),
            "<a b='pay &amp; play'>Grüße &lt;b&gt;</a>");
  EXPECT_EQ(render("a={{ labels.team }}&b={{ 'ü~' }}", Escape::kForm), "a=pay%20%26%20play&b=%C3%BC~");
}

TEST(Template, KnowsTheEscapeOfAContentType) {
  EXPECT_EQ(escape_of("Application/JSON; charset=utf-8"), Escape::kJson);
  EXPECT_EQ(escape_of("application/vnd.x+json"), Escape::kJson);
  EXPECT_EQ(escape_of("text/html"), Escape::kXml);
  EXPECT_EQ(escape_of("application/x-www-form-urlencoded"), Escape::kForm);
  EXPECT_EQ(escape_of("text/plain"), Escape::kNone);
}

TEST(Template, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(render("a\nb {{ x"), "line 2: '}}' is missing");
  EXPECT_EQ(render("\n\n{% iff x %}"), "line 3: 'iff' is none of if, elif, else, endif, for, endfor");
  EXPECT_EQ(render("a\n{% if x %}\n\n"), "line 2: 'if' is not closed");
  EXPECT_EQ(render("{% if x %}{% endfor %}"), "line 1: 'endfor' closes the 'if' of line 1");
  EXPECT_EQ(render("{% endif %}"), "line 1: 'endif' closes nothing");
  EXPECT_EQ(render("{% else %}"), "line 1: 'else' has no 'if' before it");
  EXPECT_EQ(render("{% if a %}{% else %}{% else %}{% endif %}"), "line 1: 'else' has no 'if' before it");
  EXPECT_EQ(render("{% for x on y %}{% endfor %}"), "line 1: expected: for NAME in LIST");
  EXPECT_EQ(render("{{ }}"), "line 1: a value is missing");
  EXPECT_EQ(render("{{ a b }}"), "line 1: 'b ' is not expected here");
  EXPECT_EQ(render("{{ a\n | shout }}"), "line 2: there is no filter 'shout'");
  EXPECT_EQ(render("{{ a | truncate }}"), "line 1: the filter 'truncate' takes one argument");
  EXPECT_EQ(render("{{ a | upper(1) }}"), "line 1: the filter 'upper' takes no argument");
  EXPECT_EQ(render("{{ (a }}"), "line 1: ')' is missing");
  EXPECT_EQ(render("{{ a[x] }}"), "line 1: [ ] takes a text or a number");
  EXPECT_EQ(render("{{ 'a }}"), "line 1: '}}' is missing");
  EXPECT_EQ(render("{{ 1.2.3 }}"), "line 1: '1.2.3' is not a number");
  EXPECT_EQ(render("{{ a == and }}"), "line 1: a value is missing before and");
  EXPECT_EQ(render(R"({"a": "\{{ count }}"})", Escape::kJson), "line 1: a value can't stand behind a backslash");
  EXPECT_EQ(render(R"({"a": {% if open %}"x{% endif %}"})", Escape::kJson),
            "line 1: the quotes within the 'if' of line 1 don't pair up");
  EXPECT_EQ(render(R"({"a": {% if open %}"x{% else %}1{% endif %}"})", Escape::kJson),
            "line 1: the quotes within the 'if' of line 1 don't pair up");
  EXPECT_THAT(render(std::string(100, '(').insert(0, "{{") + "1" + std::string(100, ')') + "}}"),
              HasSubstr("brackets"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{% if open %}";
  EXPECT_THAT(render(deep), HasSubstr("too many blocks"));
  std::string nots = "{{ ";
  for (int i = 0; i < 10'000; ++i) nots += "not ";
  EXPECT_THAT(render(nots + "open }}"), HasSubstr("brackets"));
}

TEST(Template, RefusesABodyThatIsNoJson) {
  EXPECT_THAT(render(R"([{% for x in list %}{{ x }},{% endfor %}])", Escape::kJson),
              HasSubstr("the body template makes no JSON"));
}

TEST(Template, EndsWhenItMakesTooMuch) {
  auto loops = std::string("{% for a in big %}{% for b in big %}{% for c in big %}");
  auto parsed = std::get<Template>(Template::parse(loops + "{% endfor %}{% endfor %}{% endfor %}", Escape::kNone));
  json big = {{"big", json::array()}};
  for (int i = 0; i < 1000; ++i) big["big"].push_back(i);

  auto stopped = parsed.render(big, 1000);
  auto wide =
      std::get<Template>(Template::parse("{% for a in big %}{{ a }}{% endfor %}", Escape::kNone)).render(big, 100);

  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().reason, base::Reason::kTooLarge);
  EXPECT_EQ(wide.error().message, "the body template makes more than 100 bytes");
}

TEST(Template, NamesWhatItUsesButVariables) {
  auto parsed = std::get<Template>(
      Template::parse("{{ a.b }}{% for x in c %}{{ x.y }}{{ loop.last }}{{ d }}{% endfor %}{{ x }}", Escape::kNone));

  std::string names;
  for (const auto& path : parsed.names()) names += path.steps.front() + " ";
  EXPECT_EQ(names, "a c d x ");
}

// The check of names compares with the sample, so it must have every member that a record can have.
TEST(Sample, HasEveryMemberOfThePublishedSchema) {
  json schema = json::parse(std::ifstream(std::string(TOCSIN_SOURCE_DIR) + "/schemas/transition.v1.schema.json"));
  json sample = schemas::to_json(full_sample().transition);
  auto has_all = [&](const json& object, const json& of) {
    for (const auto& [name, type] : of.at("properties").items()) {
      if (name != "schema") EXPECT_TRUE(object.contains(name)) << name;
    }
  };
  const json& parts = schema.contains("definitions") ? schema["definitions"] : schema["$defs"];
  has_all(sample, schema);
  has_all(sample["incident"], parts["incident"]);
  has_all(sample["incident"]["identity"], parts["identity"]);
  has_all(sample["finding"], parts["finding"]);
  has_all(sample["finding"]["subject"], parts["subject"]);
}

}  // namespace
}  // namespace sinks::body
