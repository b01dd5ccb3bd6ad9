"""Pages with a made-up article, in the markup of large Vietnamese news outlets."""

from __future__ import annotations

import json
from dataclasses import dataclass

TITLE = "Xã Tân Lâm ra mắt 48 tổ tự quản về an ninh"
LEAD = "Toàn bộ 48 thôn của xã Tân Lâm đã có tổ tự quản, sau ba tháng vận động nhân dân."
FIRST = (
    "Sáng 11/3, UBND xã Tân Lâm tổ chức lễ ra mắt 48 tổ tự quản, với sự tham gia của đông đảo "
    "người dân và lực lượng công an xã."
)
CAPTION = "Bà con nhận cờ tại lễ ra mắt. Ảnh: Minh Châu"
ROWS = ["Thôn | Số tổ", "Đông | 26", "Tây | 22"]
LAST = "Chủ tịch UBND xã Lê Văn Bình cho biết xã sẽ nhân rộng cách làm này trong quý II."
AUTHOR = "Hoài Thu"
RELATED = "Huyện Sơn Khê sơ kết mô hình camera an ninh"
PUBLISHED = "2024-03-12T08:05:00+07:00"
_TABLE = (
    "<table><tbody><tr><th>Thôn</th><th>Số tổ</th></tr><tr><td><p>Đông</p></td><td>26</td></tr>"
    "<tr><td>Tây</td><td>22</td></tr></tbody></table>"
)


@dataclass(frozen=True)
class Outlet:
    """A page of a news outlet, with its site name and publication stamp."""

    name: str
    site: str
    stamp: str
    page: str


def _head(site: str, *, linked: bool = True, meta: bool = True, author: str = AUTHOR) -> str:
    """Return the ``head`` of a page; JSON-LD and a ``meta`` tag with the time are optional."""
    article = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": TITLE,
        "datePublished": PUBLISHED,
        "author": {"@type": "Person", "name": author},
        "publisher": {"@type": "Organization", "name": site},
    }
    script = f'<script type="application/ld+json">{json.dumps(article)}</script>' if linked else ""
    published = f'<meta property="article:published_time" content="{PUBLISHED}">' if meta else ""
    return (
        f'<head><meta charset="utf-8"><title>{TITLE} - {site}</title>'
        f'<meta property="og:title" content="{TITLE} | {site}">'
        f'<meta property="og:description" content="{LEAD}">'
        f'<meta property="og:site_name" content="{site}">{published}'
        f'<link rel="canonical" href="https://bao.example/{len(site)}.html">{script}</head>'
    )


def _page(head: str, body: str) -> str:
    menu = '<ul><li><a href="/">Trang chủ</a></li><li><a href="/t">Thời sự</a></li></ul>'
    today = "<span class='time-now'>Thứ hai, 20/5/2024</span>"
    licence = "<p>Giấy phép số 15 cấp ngày 2/1/2019.</p>"
    return (
        f"<!DOCTYPE html><html>{head}<body><header>{today}<nav>{menu}</nav></header>"
        f"{body}<footer>{licence}</footer></body></html>"
    )


def _vnexpress() -> Outlet:
    stamp = "Thứ ba, 12/3/2024, 08:05 (GMT+7)"
    body = (
        f'<div class="header-content"><ul class="breadcrumb"><li><a href="/t">Thời sự</a></li></ul>'
        f'<span class="date">{stamp}</span></div><h1 class="title-detail">{TITLE}</h1>'
        f'<p class="description">{LEAD}</p><article class="fck_detail">'
        f'<p class="Normal">{FIRST}</p>'
        f'<figure class="tplCaption"><picture><img src="1.jpg" alt=""></picture><figcaption>'
        f'<p class="Image">{CAPTION}</p></figcaption></figure>{_TABLE}'
        f'<ul class="list-news"><li><a href="/2.html">{RELATED}</a></li></ul>'
        f'<p class="Normal">{LAST}</p>'
        f'<p class="author_mail"><strong>{AUTHOR}</strong></p></article>'
    )
    return Outlet("vnexpress", "VnExpress", stamp, _page(_head("VnExpress"), body))


def _vccorp(name: str, site: str, stamp: str) -> Outlet:
    body = (
        f'<div class="detail__cmain"><h1 class="detail-title article-title">{TITLE}'
        f'</h1><div class="detail-info"><div class="author-info"><a class="name" href="/a">{AUTHOR}'
        f'</a></div><div class="detail-time"><div data-role="publishdate">{stamp}</div></div></div>'
        f'<h2 class="detail-sapo" data-role="sapo">{LEAD}</h2>'
        f'<div class="detail-content afcbc-body" data-role="content"><p>{FIRST}</p>'
        f'<figure class="VCSortableInPreviewMode" type="Photo"><div><img src="1.jpg"></div>'
        f'<figcaption class="PhotoCMS_Caption"><p>{CAPTION}</p></figcaption></figure>'
        f'<div class="VCSortableInPreviewMode" type="RelatedOneNews"><a href="/2.htm">{RELATED}</a>'
        f"<p>Tóm tắt của bài khác.</p></div>{_TABLE}<p>{LAST}</p></div></div>"
    )
    return Outlet(name, site, stamp, _page(_head(site), body))


def _dantri() -> Outlet:
    stamp = "Thứ ba, 12/03/2024 - 08:05"
    body = (
        f'<article class="singular-container"><h1 class="title-page detail">{TITLE}</h1>'
        f'<div class="author-wrap"><div class="author-name"><a href="/a"><b>{AUTHOR}</b></a></div>'
        f'<time class="author-time" datetime="2024-03-12 08:05">{stamp}</time></div>'
        f'<h2 class="singular-sapo">(Dân trí) - {LEAD}</h2><div class="singular-content">'
        f"<p>{FIRST}</p><figure class='image'><img src='1.jpg'><figcaption><p>{CAPTION}</p>"
        f"</figcaption></figure>{_TABLE}<p>{LAST}</p></div>"
        f'<div class="related-news"><h3><a href="/2.htm">{RELATED}</a></h3></div></article>'
    )
    return Outlet("dantri", "Báo điện tử Dân Trí", stamp, _page(_head("Báo điện tử Dân Trí"), body))


def _epi(name: str, site: str, stamp: str) -> Outlet:
    body = (
        f'<div class="article"><h1 class="article__title cms-title">{TITLE}</h1>'
        f'<div class="article__meta"><div class="article__author"><span>{AUTHOR}</span>'
        f'</div><time class="time" datetime="2024-03-12T08:05:00+0700">{stamp}</time></div>'
        f'<div class="article__sapo cms-desc">{LEAD}</div>'
        f'<div class="article__body cms-body" itemprop="articleBody"><p>{FIRST}</p>'
        f'<table class="picture"><tbody><tr><td><img src="1.jpg"></td></tr><tr><td class="caption">'
        f"<em>{CAPTION}</em></td></tr></tbody></table>"
        f'<div class="cms-relate related-box"><a href="/2.html">{RELATED}</a></div>'
        f"{_TABLE}<p>{LAST}</p></div></div>"
    )
    return Outlet(name, site, stamp, _page(_head(site, linked=False), body))


def _cand() -> Outlet:
    stamp = "Thứ Ba, 12/03/2024, 08:05"
    body = (
        f'<div class="box-detail"><h1 class="box-title-detail">{TITLE}</h1>'
        f'<div class="box-date">{stamp}</div><div class="box-des-detail"><p>{LEAD}</p></div>'
        f'<div class="detail-content-body"><p>{FIRST}</p><p><img src="1.jpg">'
        f"</p><table class='contentimg'><tr><td>{CAPTION}</td></tr></table>{_TABLE}"
        f'<p>Xem thêm: <a href="/2/">{RELATED}</a></p><p>{LAST}</p></div>'
        f'<div class="box-author">{AUTHOR}</div></div>'
    )
    head = _head("Báo Công an Nhân dân điện tử", meta=False)
    return Outlet("cand", "Báo Công an Nhân dân điện tử", stamp, _page(head, body))


def _qdnd() -> Outlet:
    stamp = "Thứ Ba, 12/03/2024 08:05"
    body = (
        f'<div class="post"><h1 class="post-title">{TITLE}</h1>'
        f'<div class="post-subinfo"><span>{stamp}</span></div><div class="post-summary">'
        f"{LEAD}</div>"
        f'<div class="post-content"><p>{FIRST}</p><p><img src="1.jpg"></p><p class="caption"><em>'
        f"{CAPTION}</em></p>{_TABLE}<p>{LAST}</p><p style='text-align:right'><b>{AUTHOR}</b></p>"
        f'<p><b>Tin liên quan:</b></p><ul><li><a href="/2">{RELATED}</a></li></ul></div></div>'
    )
    head = _head("Báo Quân đội nhân dân", linked=False)
    return Outlet("qdnd", "Báo Quân đội nhân dân", stamp, _page(head, body))


OUTLETS = (
    _vnexpress(),
    _vccorp("tuoitre", "TUOI TRE ONLINE", "12/03/2024 08:05 GMT+7"),
    _vccorp("thanhnien", "Báo Thanh Niên", "12/03/2024 08:05 GMT+7"),
    _dantri(),
    _epi("nhandan", "Báo Nhân Dân điện tử", "Thứ ba, ngày 12/03/2024 - 08:05"),
    _epi("sggp", "Báo Sài Gòn Giải Phóng", "12/03/2024 08:05"),
    _cand(),
    _qdnd(),
)
