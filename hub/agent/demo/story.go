package demo

import (
	"fmt"
	"unicode/utf8"
)

// playStory works on a task from the question to the summary, in an invented project.
func playStory(t *turn) {
	steps := []string{"Run the tests", "Find the cause", "Fix it", "Run the tests again"}
	t.think(fmt.Sprintf("The task is %q. I should look at the tests before I change anything.", excerpt(t.prompt)))
	t.say("I begin with the tests, to see where things stand.")
	t.plan(0, steps...)
	t.runCommand("go test ./...", "failed",
		"--- FAIL: TestTotal_with_a_discount (0.00s)",
		"    total_test.go:21: got 90, want 95",
		"FAIL\tshop/basket\t0.004s")
	t.plan(1, steps...)
	t.readFile("basket/total.go", totalBefore)
	t.think("The discount is subtracted from every item, and then once more from the sum.")
	t.say("One test fails: the discount is subtracted twice. I remove the second subtraction.")
	t.plan(2, steps...)
	if !t.edit(change{name: "basket/total.go", old: totalBefore, new: totalAfter}) {
		t.say("I left the file as it is. The cause is in `basket/total.go`: " +
			"`Total` subtracts the discount that `Item.Price` has subtracted already.")
		return
	}
	t.plan(3, steps...)
	t.runCommand("go test ./...", "completed", "ok  \tshop/basket\t0.004s")
	t.plan(4, steps...)
	t.say("The tests pass.\n\n" +
		"- **Cause:** `Total` subtracted the discount that `Item.Price` had subtracted already.\n" +
		"- **Change:** one line in `basket/total.go`.\n\n" +
		"This was a demo: none of your own files has changed. Say `help` to see what else I can show.")
}

// excerpt returns the beginning of a prompt.
func excerpt(prompt string) string {
	const maxLength = 60 // in characters
	if utf8.RuneCountInString(prompt) <= maxLength {
		return prompt
	}
	return string([]rune(prompt)[:maxLength]) + "…"
}

const totalBefore = `package basket

// Total is what the customer pays, in cents.
func Total(items []Item, discount int) int {
	sum := 0
	for _, item := range items {
		sum += item.Price(discount)
	}
	return sum - discount
}
`

const totalAfter = `package basket

// Total is what the customer pays, in cents.
func Total(items []Item, discount int) int {
	sum := 0
	for _, item := range items {
		sum += item.Price(discount)
	}
	return sum
}
`
