"""The text of HTML elements: lines, lists, tables and the parts that are left out."""

from __future__ import annotations

import pytest

from antq_llm.articles.pages.page_text import parse_html, text_of_element, text_of_fragment


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b <b>c</b>d</p>", "a\nb cd"),
        ("<p>a<br>b</p>c", "a\nb\nc"),
        ("<div>a<p>b</p>c</div>", "a\nb\nc"),
        ("<ul><li>a</li><li><p>b</p></li><li></li></ul>", "- a\n- b"),
        ("<table><tr><td>a</td><td><p>b</p><p>c</p></td></tr></table>", "a | b c"),
        ("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "a\nb"),
        (
            "<table><tr><td>a</td><td><table><tr><td>b</td><td>c</td></tr></table></td></tr></table>",
            "a | b | c",
        ),
        ("<p>a<!-- x -->b<?y z?></p>", "ab"),
        ("<p>a&nbsp;b\n  c</p>", "a b c"),
        ("<p>a<script>x()</script>b</p>", "ab"),
    ],
)
def test_blocks_are_lines(html: str, text: str) -> None:
    """Each block is a line with single spaces; tables and lists keep their form."""
    assert text_of_fragment(html) == text


@pytest.mark.parametrize(
    "html",
    [
        '<div class="box-related">Bài khác</div>',
        '<div class="news-relate"><p>Bài khác</p></div>',
        '<div type="RelatedOneNews">Bài khác</div>',
        '<p><a href="/x">Huyện khác sơ kết mô hình</a></p>',
        '<p>&gt;&gt; <a href="/x">Bài khác</a></p>',
        '<p>Xem thêm: <a href="/x">Bài khác</a></p>',
        '<ol><li><a href="/x">Huyện khác tổng kết</a></li></ol>',
        "<h3>Tin liên quan</h3>",
        '<p><b>&gt; Xem thêm: <a href="/x">Bài khác</a></b></p>',
        '<ul class="list hidden"><li>Bài khác</li></ul>',
        '<p><i>* Mời bạn đọc vào <a href="/x">chuyên mục</a> xem các tin, bài liên quan.</i></p>',
        '<p style="display: none">Bài khác</p>',
        "<p hidden>Bài khác</p>",
        '<div class="social-share">Chia sẻ</div>',
        "<form><p>Bình luận</p></form>",
    ],
)
def test_links_to_other_stories_are_left_out(html: str) -> None:
    """Forms, hidden elements and blocks of links to other stories are not in the text."""
    assert text_of_element(parse_html(f"<div><p>a</p>{html}<p>b</p></div>")) == "a\nb"


@pytest.mark.parametrize(
    "html",
    [
        '<p>Theo <a href="/x">Nghị quyết số 5</a>, xã lập tổ tự quản.</p>',
        '<p><a href="/x">Toàn bộ 48 thôn của xã đã lập tổ tự quản.</a></p>',
        '<p><a href="/x">Nghị quyết</a></p>',
        "<p>Xã mời độc giả tham quan mô hình.</p>",
        "<p>Mời bạn đọc tham gia cuộc thi viết.</p>",
        '<p class="tagline">Đến nay có 48 tổ.</p>',
        '<p class="shared-article">Đến nay có 48 tổ.</p>',
    ],
)
def test_sentences_with_links_stay(html: str) -> None:
    """Sentences with links are kept, and so are elements with class names such as ``tagline``."""
    root = parse_html(f"<div>{html}</div>")
    assert text_of_element(root) == " ".join(root.text_content().split())


@pytest.mark.parametrize("html", ["", " ", "<!-- a -->", "<script>x</script>"])
def test_a_fragment_without_text_is_empty(html: str) -> None:
    """Empty fragments, comments and scripts give no text."""
    assert text_of_fragment(html) == ""
