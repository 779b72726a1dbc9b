// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/options/option_table.h"
#include "base/options/reference.h"
#include "base/secret_file.h"
#include "base/yaml/parse.h"

namespace base {
namespace {

enum class Form { kJson, kText };

struct Tls {
  std::string ca_file;
  bool verify = true;
};

struct Rule {
  std::string name;
  std::int64_t weight = 1;
};

struct Options {
  std::string url;
  std::int64_t size_limit = 4096;
  double ratio = 0.5;
  bool enabled = true;
  Duration wait = std::chrono::minutes(5);
  Secret api_key;
  std::vector<std::string> names = {"a", "b c"};
  std::vector<std::int64_t> codes;
  options::TextMap headers;
  yaml::Node raw;
  std::optional<std::string> maybe;
  std::optional<std::int64_t> maybe_number;
  Form form = Form::kText;
  Tls tls{.ca_file = "/etc/ca.pem"};
  std::optional<Tls> proxy_tls;
  std::vector<Rule> rules;
};

const OptionTable<Tls>& tls_options() {
  static const auto table = [] {
    OptionTable<Tls> t("tls", "How to trust the other side.");
    t.option("ca_file", &Tls::ca_file, "Certificates to trust.");
    t.option("verify", &Tls::verify, "Whether to check the other side's certificate.");
    return t;
  }();
  return table;
}

const OptionTable<Rule>& rule_options() {
  static const auto table = [] {
    OptionTable<Rule> t("rule", "One rule.");
    t.option("name", &Rule::name, "Its name.", kRequired);
    t.option("weight", &Rule::weight, "Its weight.", {.at_least = 1, .at_most = 10});
    return t;
  }();
  return table;
}

const OptionTable<Options>& table() {
  static const auto instance = [] {
    OptionTable<Options> t("webhook_sink", "Posts transitions as JSON.");
    t.option("url", &Options::url, "Where to post.", kRequired);
    t.option("size_limit", &Options::size_limit, "Bytes of a body at most.", {.at_least = 1024});
    t.option("ratio", &Options::ratio, "A share | part.", {.at_least = 0, .at_most = 1});
    t.option("enabled", &Options::enabled, "Whether it is on.");
    t.option("wait", &Options::wait, "How long to wait.", {.at_least = 1, .at_most = 3600});
    t.option("api_key", &Options::api_key, "The key.");
    t.option("names", &Options::names, "Some names.");
    t.option("codes", &Options::codes, "Some codes.");
    t.option("headers", &Options::headers, "Headers to send.");
    t.option("raw", &Options::raw, "Anything.");
    t.option("maybe", &Options::maybe, "Perhaps a text.");
    t.option("maybe_number", &Options::maybe_number, "Perhaps a number.");
    t.choice("form", &Options::form, "Form of the body.", {{"json", Form::kJson}, {"text", Form::kText}});
    t.nested("tls", &Options::tls, tls_options(), "Trust.");
    t.nested("proxy_tls", &Options::proxy_tls, tls_options(), "Trust of the proxy.");
    t.list_of("rules", &Options::rules, rule_options(), "The rules.");
    t.ignored("slack_webhook", "use slack_sink instead");
    return t;
  }();
  return instance;
}

struct Outcome {
  Options options;
  std::string told;
};

Outcome read(std::string_view text) {
  auto environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "PORT") return "5000";
    if (name == "PASSWORD") return "hunter2";
    return std::nullopt;
  };
  yaml::Problems problems;
  yaml::Node node = yaml::parse(text, environment, problems);
  Outcome outcome;
  outcome.options = table().read(node, problems);
  for (const auto& problem : problems.sorted()) outcome.told += yaml::to_string(problem, "f") + "\n";
  return outcome;
}

std::string error_of(std::string_view option) { return read("url: u\n" + std::string(option)).told; }

TEST(Options, KeepDefaultsForWhatIsNotGiven) {
  auto [options, told] = read("url: http://x\nsize_limit:\nmaybe: null\nproxy_tls:\n");

  EXPECT_EQ(told, "");
  EXPECT_EQ(options.url, "http://x");
  EXPECT_EQ(options.size_limit, 4096);
  EXPECT_EQ(options.form, Form::kText);
  EXPECT_EQ(options.tls.ca_file, "/etc/ca.pem");
  EXPECT_FALSE(options.maybe);
  EXPECT_FALSE(options.proxy_tls);
}

TEST(Options, ReadEveryType) {
  auto [options, told] = read(
      "url: 5\nsize_limit: 1024\nratio: 1\nenabled: no\nwait: 1h\napi_key: k\nnames: single\ncodes: [1, -2]\n"
      "headers: {A: x, B: 7, C: }\nraw: [1, {a: b}]\nmaybe: ''\nmaybe_number: 9\nform: json\ntls: {verify: false}\n"
      "proxy_tls: {ca_file: /dev/null}\nrules: [{name: r, weight: 3}, {name: s}]\n");

  EXPECT_EQ(told, "");
  EXPECT_EQ(options.url, "5");
  EXPECT_EQ(options.size_limit, 1024);
  EXPECT_EQ(options.ratio, 1.0);
  EXPECT_FALSE(options.enabled);
  EXPECT_EQ(options.wait, std::chrono::hours(1));
  EXPECT_EQ(options.api_key.reveal(), "k");
  EXPECT_EQ(options.names, std::vector<std::string>{"single"});
  EXPECT_EQ(options.codes, (std::vector<std::int64_t>{1, -2}));
  EXPECT_EQ(options.headers, (options::TextMap{{"A", "x"}, {"B", "7"}, {"C", ""}}));
  EXPECT_EQ(options.raw.items.size(), 2u);
  EXPECT_EQ(options.maybe, "");
  EXPECT_EQ(options.maybe_number, 9);
  EXPECT_EQ(options.form, Form::kJson);
  EXPECT_FALSE(options.tls.verify);
  EXPECT_EQ(options.tls.ca_file, "/etc/ca.pem");
  EXPECT_EQ(options.proxy_tls->ca_file, "/dev/null");
  ASSERT_EQ(options.rules.size(), 2u);
  EXPECT_EQ(options.rules[0].weight, 3);
  EXPECT_EQ(options.rules[1].name, "s");
}

TEST(Options, ReadNumbersFromTheEnvironmentQuotedOrNot) {
  EXPECT_EQ(read("url: u\nsize_limit: {{ env.PORT }}\n").options.size_limit, 5000);
  EXPECT_EQ(read("url: u\nsize_limit: '{{ env.PORT }}'\n").options.size_limit, 5000);
}

struct Wrong {
  const char* option;
  const char* told;
};

class OptionErrors : public testing::TestWithParam<Wrong> {};

TEST_P(OptionErrors, SayWhatWasExpectedAndFound) { EXPECT_EQ(error_of(GetParam().option), GetParam().told); }

INSTANTIATE_TEST_SUITE_P(
    All, OptionErrors,
    testing::Values(
        Wrong{"ulr: x", "f:2:1: error: unknown key 'ulr' in webhook_sink: did you mean 'url'?\n"},
        Wrong{"nonsense: x", "f:2:1: error: unknown key 'nonsense' in webhook_sink\n"},
        Wrong{"tls: {nonsense: x}", "f:2:7: error: unknown key 'nonsense' in tls: known are ca_file, verify\n"},
        Wrong{"size_limit: abc", "f:2:13: error: size_limit: 'abc' is not a whole number\n"},
        Wrong{"size_limit: 1.5", "f:2:13: error: size_limit: '1.5' is not a whole number\n"},
        Wrong{"size_limit: '5000'", "f:2:13: error: size_limit: '5000' is not a whole number (quotes make it text)\n"},
        Wrong{"size_limit: [1]", "f:2:13: error: size_limit: a list is not a whole number\n"},
        Wrong{"size_limit: 99999999999999999999",
              "f:2:13: error: size_limit: '99999999999999999999' is out of range\n"},
        Wrong{"size_limit: 5", "f:2:13: error: 'size_limit' in webhook_sink must be at least 1024, found '5'\n"},
        Wrong{"ratio: 2", "f:2:8: error: 'ratio' in webhook_sink must be at most 1, found '2'\n"},
        Wrong{"ratio: .nan", "f:2:8: error: ratio: '.nan' is not a number\n"},
        Wrong{"ratio: nan", "f:2:8: error: ratio: 'nan' is not a number\n"},
        Wrong{"enabled: maybe", "f:2:10: error: enabled: 'maybe' is not true or false\n"},
        Wrong{"enabled: 'true'", "f:2:10: error: enabled: 'true' is not true or false (quotes make it text)\n"},
        Wrong{"wait: soon", "f:2:7: error: wait: 'soon' is not a duration such as 30s, 5m or 1h30m\n"},
        Wrong{"wait: 2h", "f:2:7: error: 'wait' in webhook_sink must be at most 3600, found '2h'\n"},
        Wrong{"names: {a: b}", "f:2:8: error: names: a mapping is not text\n"},
        Wrong{"names: [a, [b]]", "f:2:12: error: names: a list is not text\n"},
        Wrong{"codes: [1, x]", "f:2:12: error: codes: 'x' is not a whole number\n"},
        Wrong{"headers: x", "f:2:10: error: headers: 'x' is not a mapping of names to text\n"},
        Wrong{"headers: {a: [b]}", "f:2:14: error: headers: a: a list is not text\n"},
        Wrong{"form: jsno",
              "f:2:7: error: 'jsno' is not a valid 'form': expected json or text; did you mean 'json'?\n"},
        Wrong{"form: [json]", "f:2:7: error: a list is not a valid 'form': expected json or text\n"},
        Wrong{"tls: yes", "f:2:6: error: tls must be a mapping of options, found 'yes'\n"},
        Wrong{"rules: {name: x}", "f:2:8: error: 'rules' in webhook_sink must be a list, found a mapping\n"},
        Wrong{"rules: [{weight: 2}]", "f:2:9: error: missing 'name' in rule\n"},
        Wrong{"rules: [{name: x, weight: 11}]", "f:2:27: error: 'weight' in rule must be at most 10, found '11'\n"},
        Wrong{"slack_webhook: x",
              "f:2:1: warning: 'slack_webhook' in webhook_sink has no effect: use slack_sink instead\n"},
        Wrong{"api_key: [x]", "f:2:10: error: api_key: a secret must be text, found a list\n"},
        Wrong{"size_limit: '{{ env.PASSWORD }}'",
              "f:2:13: error: size_limit: the value from the environment is not a whole number\n"},
        Wrong{"form: {{ env.PASSWORD }}",
              "f:2:7: error: the value from the environment is not a valid 'form': expected json or text\n"}));

TEST(Options, MissRequiredKeysAtTheMapping) {
  EXPECT_EQ(read("size_limit: 2048").told, "f:1:1: error: missing 'url' in webhook_sink\n");
  EXPECT_EQ(read("url:").told, "f:1:1: error: missing 'url' in webhook_sink\n");
  EXPECT_EQ(read("url: ''").told, "f:1:6: error: 'url' in webhook_sink must not be empty\n");
}

TEST(Options, TellAllProblemsAtOnce) {
  auto told = read("size_limit: x\nenabled: y\nzzzzzz: 1\n").told;

  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 4);
}

TEST(Options, RefuseWhatIsNoMapping) {
  EXPECT_EQ(read("[a]").told, "f:1:1: error: webhook_sink must be a mapping of options, found a list\n");
}

class SecretFile : public testing::Test {
 protected:
  std::string file(const std::string& content) {
    std::string path = testing::TempDir() + "tocsin_secret_" + std::to_string(::getpid());
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
};

TEST_F(SecretFile, HoldsTheSecretWithoutItsLastLineBreak) {
  EXPECT_EQ(read("url: u\napi_key_file: " + file("s3cret\n")).options.api_key.reveal(), "s3cret");
  EXPECT_EQ(read("url: u\napi_key_file: " + file("s3cret\r\n")).options.api_key.reveal(), "s3cret");
  EXPECT_EQ(read("url: u\napi_key_file: " + file("two\nlines")).options.api_key.reveal(), "two\nlines");
}

TEST_F(SecretFile, SaysWhyItCantBeRead) {
  EXPECT_EQ(error_of("api_key_file: /nowhere/key"),
            "f:2:15: error: api_key_file: can't read the secret from '/nowhere/key': No such file or directory\n");
  EXPECT_NE(error_of("api_key_file: /").find("can't read the secret from '/'"), std::string::npos);
  EXPECT_NE(error_of("api_key_file: " + file("")).find("it is empty"), std::string::npos);
  EXPECT_NE(error_of("api_key_file: " + file(std::string(300'000, 'x'))).find("more than 262144 bytes"),
            std::string::npos);
}

TEST_F(SecretFile, IsGivenThoughItCantBeRead) {
  EXPECT_TRUE(is_given(read("url: u\napi_key_file: /nowhere/key\n").options.api_key));
  EXPECT_TRUE(is_given(read("url: u\napi_key: k\n").options.api_key));
  EXPECT_FALSE(is_given(read("url: u\napi_key: ''\n").options.api_key));
}

TEST(Options, NameFilesThatCanBeRead) {
  auto [options, told] = read("url: u\ntls: {ca_file: /nowhere/ca.pem}\n");

  EXPECT_EQ(told, "f:2:16: error: ca_file: can't read '/nowhere/ca.pem': No such file or directory\n");
  EXPECT_EQ(options.tls.ca_file, "/nowhere/ca.pem");
}

TEST_F(SecretFile, ExcludesTheSecretItself) {
  auto told = error_of("api_key: top-secret\napi_key_file: " + file("other"));

  EXPECT_EQ(told, "f:3:15: error: 'api_key' and 'api_key_file' in webhook_sink exclude each other\n");
}

TEST(Options, DescribeThemselvesAsJsonSchema) {
  auto schema = nlohmann::json::parse(table().set().json_schema());

  EXPECT_EQ(schema["$schema"], "http://json-schema.org/draft-07/schema#");
  EXPECT_EQ(schema["additionalProperties"], false);
  EXPECT_EQ(schema["required"], nlohmann::json({"url"}));
  const auto& properties = schema["properties"];
  EXPECT_EQ(properties["size_limit"]["default"], 4096);
  EXPECT_EQ(properties["size_limit"]["minimum"], 1024);
  EXPECT_EQ(properties["wait"]["default"], "5m");
  EXPECT_EQ(properties["names"]["default"], nlohmann::json({"a", "b c"}));
  EXPECT_EQ(properties["form"]["enum"], nlohmann::json({"json", "text"}));
  EXPECT_EQ(properties["form"]["default"], "text");
  EXPECT_EQ(properties["tls"]["additionalProperties"], false);
  EXPECT_FALSE(properties["tls"].contains("$schema"));
  EXPECT_EQ(properties["rules"]["items"]["required"], nlohmann::json({"name"}));
  EXPECT_TRUE(properties.contains("api_key_file"));
  EXPECT_EQ(schema["allOf"][0]["not"]["required"], nlohmann::json({"api_key", "api_key_file"}));
}

TEST(Options, LetTheSchemaDemandOneFormOfARequiredSecret) {
  struct Token {
    Secret token;
  };
  OptionTable<Token> t("t", "d");
  t.option("token", &Token::token, "The token.", kRequired);

  auto schema = nlohmann::json::parse(t.set().json_schema());
  yaml::Problems problems;
  t.read({}, problems);

  EXPECT_FALSE(schema.contains("required"));
  EXPECT_EQ(schema["allOf"][0]["oneOf"][1]["required"], nlohmann::json({"token_file"}));
  EXPECT_EQ(problems.sorted()[0].message, "missing 'token' (or 'token_file') in t");
}

TEST(Options, WriteTheirReferencePage) {
  auto page = table().set().reference_markdown();

  for (const char* line :
       {"## webhook_sink\n\nPosts transitions as JSON.\n", "| Option | Type | Default | Meaning |\n",
        "| `url` | text | required | Where to post. |\n",
        "| `size_limit` | whole number | `4096` | Bytes of a body at most. At least 1024. |\n",
        "| `ratio` | number | `0.5` | A share \\| part. From 0 to 1. |\n", "| `wait` | duration | `5m` |",
        "| `names` | list of text | `[a, b c]` |", "| `form` | `json` or `text` | `text` |",
        "| `api_key_file` | path |  | A file that holds `api_key`. |\n", "| `tls.verify` | true or false | `true` |",
        "| `rules[].weight` | whole number | `1` |",
        "| `slack_webhook` | any |  | Accepted without effect: use slack_sink instead |\n"}) {
    EXPECT_NE(page.find(line), std::string::npos) << line << "\n" << page;
  }
}

TEST(Options, RenderAPageOfSeveralSets) {
  auto page = reference_page("Sinks", "Where findings go.", {&table().set(), &rule_options().set()});

  EXPECT_TRUE(page.starts_with("# Sinks\n\nWhere findings go.\n\n- [webhook_sink](#webhook_sink)\n- [rule](#rule)\n"));
  EXPECT_NE(page.find("\n## rule\n"), std::string::npos);
  EXPECT_TRUE(page.ends_with("|\n"));
}

TEST(Options, WriteDefaultsAsAUserWould) {
  using options::default_text;
  EXPECT_EQ(default_text(std::string("plain text")), "plain text");
  EXPECT_EQ(default_text(std::string("5")), "\"5\"");
  EXPECT_EQ(default_text(std::string("true")), "\"true\"");
  EXPECT_EQ(default_text(std::string("a: b")), "\"a: b\"");
  EXPECT_EQ(default_text(std::string("https://slack.com/api/")), "https://slack.com/api/");
  EXPECT_EQ(default_text(std::vector<std::string>{"a,b", "c"}), "[\"a,b\", c]");
  EXPECT_EQ(default_text(options::TextMap{{"k", "v"}}), "{k: v}");
  EXPECT_EQ(default_text(Duration(std::chrono::milliseconds(1500))), "1s500ms");
  EXPECT_EQ(default_text(Secret("hidden")), "");
  EXPECT_EQ(default_text(std::optional<std::int64_t>(7)), "7");
}

}  // namespace
}  // namespace base
