package calendarserver

import "strings"

// project keeps of an answer what the parameter "fields" names, as partial responses do
// (https://developers.google.com/workspace/calendar/api/guides/performance#partial).
func project(v map[string]any, fields string) map[string]any {
	if fields == "*" {
		return v
	}
	kept := map[string]any{}
	for fields != "" {
		var name, inner string
		name, inner, fields = cutField(fields)
		value, found := v[name]
		if !found {
			continue
		}
		kept[name] = projectValue(value, inner)
	}
	return kept
}

func projectValue(value any, inner string) any {
	if inner == "" {
		return value
	}
	switch value := value.(type) {
	case map[string]any:
		return project(value, inner)
	case []map[string]any:
		list := make([]map[string]any, len(value))
		for i, v := range value {
			list[i] = project(v, inner)
		}
		return list
	}
	return value
}

// cutField takes the first field with what is chosen inside of it: "a", "a/b" or "a(b,c)".
func cutField(fields string) (name, inner, rest string) {
	end := strings.IndexAny(fields, ",(/")
	if end < 0 {
		return strings.TrimSpace(fields), "", ""
	}
	name = strings.TrimSpace(fields[:end])
	switch fields[end] {
	case '/':
		inner, rest, _ = strings.Cut(fields[end+1:], ",")
		return name, inner, rest
	case '(':
		inner, rest = cutParentheses(fields[end+1:])
		return name, inner, strings.TrimPrefix(rest, ",")
	}
	return name, "", fields[end+1:]
}

func cutParentheses(text string) (inner, rest string) {
	depth := 1
	for i, c := range text {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}
