package redact

import (
	"regexp"
	"strings"
	"sync"
)

// builtIn returns the built-in rules.
var builtIn = sync.OnceValue(func() []rule {
	var rules []rule
	for _, pattern := range keyPatterns {
		r := mustCompile(pattern)
		r.partial = true
		rules = append(rules, r)
	}
	rules = append(rules, mustCompile(keyBlock))
	for _, pattern := range namedPatterns {
		r := mustCompile(pattern)
		r.isMeant = isNamedSecret
		rules = append(rules, r)
	}
	return rules
})

func mustCompile(pattern string) rule {
	r, err := compile(pattern)
	if err != nil {
		panic(err)
	}
	return r
}

// keyPatterns match keys and tokens that show by their form what they are.
var keyPatterns = []string{
	`\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16,}`,                                  // AWS
	`\bgh[pousr]_[A-Za-z0-9]{30,}`,                                            // GitHub
	`\bgithub_pat_[A-Za-z0-9_]{22,}`,                                          // GitHub
	`\bgl(?:pat|ptt|rt|dt|cbt|soat|ft|agent|imt|oas)-[\w-]{16,}`,              // GitLab
	`\bxox[a-z]-[A-Za-z0-9-]{10,}`,                                            // Slack
	`\bxapp-[A-Za-z0-9-]{10,}`,                                                // Slack
	`hooks\.slack\.com/(?:services|workflows|triggers)/[\w/-]{16,}`,           // Slack
	`\bsk-[\w-]{20,}`,                                                         // OpenAI, Anthropic and others
	`\b(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{20,}`,                   // Stripe and others
	`\b(?:gsk|xai|r8|hf|npm|dop_v1|dckr_pat|pul|shpat)[_-][A-Za-z0-9_-]{20,}`, // Groq, xAI, Replicate, Hugging Face, npm …
	`\bpypi-[\w-]{16,}`,                                                       // PyPI
	`\bAIza[\w-]{30,}`,                                                        // Google
	`\bya29\.[\w.-]{20,}`,                                                     // Google
	`\bSG\.[\w-]{16,}\.[\w-]{16,}`,                                            // SendGrid
	`\bAGE-SECRET-KEY-1[A-Z0-9]{50,}`,                                         // age
	`\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){1,3}`,                              // JSON Web Tokens
	`(?i)\bbearer\s{1,4}([A-Za-z0-9._~+/-]{20,}={0,2})`,                       // of the Authorization header
	`://[^\s/@:"'<>]{0,80}:([^\s/@"'<>]{3,200})@[A-Za-z0-9]`,                  // in a URL
}

// keyBlock matches a private key in PEM or ASCII armor, also without its end.
const keyBlock = `-----BEGIN[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s\\:,.]|-[A-Za-z0-9])*(?:-----END[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?`

// secretName matches the end of a name whose value is secret.
const secretName = `(?:passw(?:or)?d|passphrase|secret|api[_-]?key|apikey|access[_-]?key|account[_-]?key|secret[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key|token|credentials?|authorization)`

// namedPatterns match values that follow the name of a secret.
var namedPatterns = []string{
	`(?i)` + secretName + `\\?["']?\s{0,4}(?::=|=>|[:=])\s{0,4}(?:\\?"([^"\\\n]{4,500})|'([^'\\\n]{4,500})|` +
		`(?:(?:basic|bearer|token)\s{1,4})?([^\s"'` + "`" + `,;&<>(){}\[\]\\]{4,500}))`,
	`(?i)--` + secretName + `\s{1,4}["']?([^\s"'-][^\s"']{3,500})`,
}

// memberName matches the name of a member of an object whose text is secret.
var memberName = regexp.MustCompile(`(?i)` + secretName + `$`)

// isNamedSecret reports whether a match of namedPatterns has a secret, and not a type, an
// expression or a placeholder in its place.
func isNamedSecret(match string) bool {
	value := match[strings.LastIndexAny(match, ":=>\"' \t\n")+1:]
	return !isPlaceholder(value)
}

// isPlaceholder reports whether a value only stands for a secret.
func isPlaceholder(value string) bool {
	value = strings.ToLower(value)
	for _, prefix := range []string{"process.env", "os.environ", "os.getenv", "env.", "config.", "self.", "this.", "$", "%", "*", "[redacted", "xxx"} {
		if strings.HasPrefix(value, prefix) {
			return true
		}
	}
	return placeholders[strings.Trim(value, ".!?:|")]
}

var placeholders = map[string]bool{
	"string": true, "number": true, "boolean": true, "bool": true, "null": true, "none": true, "nil": true, "undefined": true,
	"true": true, "false": true, "text": true, "required": true, "optional": true, "bytes": true, "object": true,
	"unknown": true, "never": true, "option": true, "self": true, "this": true, "bearer": true, "basic": true, "the": true, "your": true,
}
