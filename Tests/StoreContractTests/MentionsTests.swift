import Store
import Testing

@Suite("Names of people in free text")
struct MentionsTests {
    @Test(
        "a name counts where it stands as a word of its own",
        arguments: [
            ("ada left", "X left"), ("ask ada.", "ask X."), ("ada, ada-ada", "X, X-X"), ("Nevada", "Nevada"),
            ("ada7 and ada", "ada7 and X"), ("canada ada", "canada X"), ("", ""), ("adaada", "adaada"),
            ("naïve ada", "naïve X"), ("(ada)", "(X)"),
        ])
    func replaced(text: String, expected: String) {
        #expect(text.replacingMentions(of: "ada", with: "X") == expected)
        #expect(text.mentions(["ada"]) == (text != expected))
    }

    @Test("names with marks in them, several names, and no name")
    func names() {
        #expect("from ada.l@example today".replacingMentions(of: "ada.l@example", with: "X") == "from X today")
        #expect("bob".mentions(["ada", "bob"]) && !"bob".mentions([]) && !"bob".mentions([""]))
    }
}
