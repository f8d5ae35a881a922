#include "base/config.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <set>

namespace spillguard {

struct ConfigTable::State {
  std::shared_ptr<toml::table> root;  // owns the document; shared by all tables of one file
  const toml::table* table = nullptr;
  std::string origin;
  std::string path;  // "sites[0].", for messages
  std::set<std::string, std::less<>> asked;
  std::optional<Error> error;
  std::vector<std::shared_ptr<State>> children;

  const toml::node* find(std::string_view key) {
    asked.emplace(key);
    return table->get(key);
  }
  // "file:line" of a node, or of the table when there is none; a table that is absent has no line.
  [[nodiscard]] std::string place(const toml::node* node) const {
    const auto line = node != nullptr ? node->source().begin.line : table->source().begin.line;
    return line > 0 ? fmt::format("{}:{}", origin, line) : origin;
  }
  void reject(const toml::node* node, std::string_view key, std::string_view why) {
    if (error) return;
    error = Error{Code::kInvalidArgument, fmt::format("{}: {}{}: {}", place(node), path, key, why)};
  }
  std::shared_ptr<State> child(const toml::table* of, std::string child_path) {
    auto state = std::make_shared<State>();
    state->root = root;
    state->table = of;
    state->origin = origin;
    state->path = std::move(child_path);
    children.push_back(state);
    return state;
  }
  std::optional<Error> finish() {
    if (error) return error;
    for (const auto& [key, node] : *table) {
      if (!asked.contains(key.str())) {
        reject(&node, key.str(), "unknown key");
        return error;
      }
    }
    for (const auto& sub : children) {
      if (auto sub_error = sub->finish()) return sub_error;
    }
    return std::nullopt;
  }
};

ConfigTable::ConfigTable() : state_(std::make_shared<State>()) {
  state_->root = std::make_shared<toml::table>();
  state_->table = state_->root.get();
}
ConfigTable::ConfigTable(std::shared_ptr<State> state) : state_(std::move(state)) {}
ConfigTable::~ConfigTable() = default;
ConfigTable::ConfigTable(ConfigTable&&) noexcept = default;
ConfigTable& ConfigTable::operator=(ConfigTable&&) noexcept = default;

Result<ConfigTable> ConfigTable::parse(std::string_view text, std::string origin) {
  auto state = std::make_shared<State>();
  try {
    state->root = std::make_shared<toml::table>(toml::parse(text, origin));
  } catch (const toml::parse_error& error) {
    return fail(Code::kInvalidArgument,
                fmt::format("{}:{}:{}: {}", origin, error.source().begin.line,
                            error.source().begin.column, error.description()));
  }
  state->table = state->root.get();
  state->origin = std::move(origin);
  return ConfigTable(std::move(state));
}

std::optional<std::string> ConfigTable::string(std::string_view key) {
  const auto* node = state_->find(key);
  if (node == nullptr) return std::nullopt;
  if (const auto* text = node->as_string()) return text->get();
  state_->reject(node, key, "must be a string");
  return std::nullopt;
}

std::string ConfigTable::string(std::string_view key, std::string fallback) {
  return string(key).value_or(std::move(fallback));
}

std::string ConfigTable::required_string(std::string_view key) {
  auto text = string(key);
  if (!text && !state_->error) state_->reject(nullptr, key, "is required");
  return text.value_or("");
}

int64_t ConfigTable::integer(std::string_view key, int64_t fallback, int64_t min, int64_t max) {
  const auto* node = state_->find(key);
  if (node == nullptr) return fallback;
  const auto* number = node->as_integer();
  if (number == nullptr) {
    state_->reject(node, key, "must be a whole number");
    return fallback;
  }
  if (number->get() < min || number->get() > max) {
    state_->reject(node, key, fmt::format("must be between {} and {}", min, max));
    return fallback;
  }
  return number->get();
}

double ConfigTable::number(std::string_view key, double fallback, double min, double max) {
  const auto* node = state_->find(key);
  if (node == nullptr) return fallback;
  const auto number = node->value<double>();
  if (!number || !node->is_number()) {
    state_->reject(node, key, "must be a number");
    return fallback;
  }
  if (!(*number >= min && *number <= max)) {  // TOML has nan
    state_->reject(node, key, fmt::format("must be between {} and {}", min, max));
    return fallback;
  }
  return *number;
}

bool ConfigTable::boolean(std::string_view key, bool fallback) {
  const auto* node = state_->find(key);
  if (node == nullptr) return fallback;
  if (const auto* flag = node->as_boolean()) return flag->get();
  state_->reject(node, key, "must be true or false");
  return fallback;
}

std::vector<std::string> ConfigTable::strings(std::string_view key) {
  const auto* node = state_->find(key);
  std::vector<std::string> out;
  if (node == nullptr) return out;
  const auto* array = node->as_array();
  if (array == nullptr) {
    state_->reject(node, key, "must be an array of strings");
    return out;
  }
  for (const auto& element : *array) {
    const auto* text = element.as_string();
    if (text == nullptr) {
      state_->reject(&element, key, "must hold strings only");
      return out;
    }
    out.push_back(text->get());
  }
  return out;
}

ConfigTable ConfigTable::table(std::string_view key) {
  const auto* node = state_->find(key);
  if (node == nullptr) {
    // It reports like one that is there: a key that it requires is missing.
    auto absent = state_->child(nullptr, fmt::format("{}{}.", state_->path, key));
    absent->root = std::make_shared<toml::table>();
    absent->table = absent->root.get();
    return ConfigTable(std::move(absent));
  }
  const auto* sub = node->as_table();
  if (sub == nullptr) {
    state_->reject(node, key, "must be a table");
    return {};
  }
  return ConfigTable(state_->child(sub, fmt::format("{}{}.", state_->path, key)));
}

std::vector<ConfigTable> ConfigTable::tables(std::string_view key) {
  const auto* node = state_->find(key);
  std::vector<ConfigTable> out;
  if (node == nullptr) return out;
  const auto* array = node->as_array();
  if (array == nullptr) {
    state_->reject(node, key, "must be an array of tables");
    return out;
  }
  for (size_t i = 0; i < array->size(); ++i) {
    const auto* sub = array->get(i)->as_table();
    if (sub == nullptr) {
      state_->reject(array->get(i), key, "must hold tables only");
      return out;
    }
    out.push_back(ConfigTable(state_->child(sub, fmt::format("{}{}[{}].", state_->path, key, i))));
  }
  return out;
}

std::vector<std::string> ConfigTable::keys() const {
  std::vector<std::string> out;
  for (const auto& [key, node] : *state_->table) out.emplace_back(key.str());
  return out;
}

bool ConfigTable::has(std::string_view key) const { return state_->table->contains(key); }

std::string ConfigTable::where(std::string_view key) const {
  return state_->place(state_->table->get(key));
}

void ConfigTable::reject(std::string_view key, std::string_view why) {
  state_->reject(state_->table->get(key), key, why);
}

Status ConfigTable::finish() {
  if (auto error = state_->finish()) return fail(std::move(*error));
  return {};
}

}  // namespace spillguard
